export { decode, encode } from "@msgpack/msgpack";
