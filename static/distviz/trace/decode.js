// Segments as they come over the wire, turned into typed arrays. Twin of simulator/runs/codec.py.

import { decode } from "../../vendor/msgpack.js";

const FRAME_VERSION = 1;
const FRAME_HEAD = 21;
const ARRAYS = { f8: Float64Array, f4: Float32Array, u4: Uint32Array, u2: Uint16Array, u1: Uint8Array, i4: Int32Array, i8: BigInt64Array };

/** The pieces of a binary socket message: {run, number, payload}. Throws on another version. */
export function readFrame(buffer) {
  const bytes = new Uint8Array(buffer);
  if (bytes.length < FRAME_HEAD || bytes[0] !== FRAME_VERSION) throw new Error("this is not a Segment of version 1");
  const hex = Array.from(bytes.subarray(1, 17), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const run = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  const number = new DataView(buffer).getUint32(17, true);
  return { run, number, payload: bytes.subarray(FRAME_HEAD) };
}

/** A stored payload, inflated and unpacked: {number, from_ns, until_ns, keyframe, meta, tables};
 *  tables of columns as typed arrays, tables of rows as lists. */
export async function decodeSegment(payload) {
  const inflated = new Blob([payload]).stream().pipeThrough(new DecompressionStream("deflate"));
  return unpack(decode(new Uint8Array(await new Response(inflated).arrayBuffer())));
}

/** The Segment in an unpacked message. */
export function unpack(message) {
  if (message.v !== 1) throw new Error(`a Segment of version ${message.v} cannot be read`);
  const { number, from_ns, until_ns, keyframe } = message;
  const { meta = message.meta ?? {}, ...given } = message.tables;
  const tables = Object.fromEntries(Object.entries(given).map(([name, table]) => [name, Array.isArray(table) ? table : columns(table)]));
  return { number, from_ns, until_ns, keyframe, meta, tables };
}

function columns(table) {
  return Object.fromEntries(Object.entries(table).map(([name, column]) => [name, typed(column)]));
}

/** One column as a typed array. Bytes inside a message are unaligned, so they are copied. */
function typed({ t: type, b: bytes }) {
  const copy = bytes.slice().buffer;
  const array = new ARRAYS[type](copy);
  return type === "i8" ? Float64Array.from(array, Number) : array;
}
