"""Hashes that products write down: Kafka's murmur2, the slots of Redis Cluster, the jump hash; numbers as good as random,
and fingerprints of texts."""

from hashlib import sha256

import numpy as np

from simulator.engine.chance import GOLDEN

SLOTS = 16_384
_KAFKA_SEED = 0x9747B28C
_MURMUR, _LCG = 0x5BD1E995, 2862933555777941757
_WORD, _LONG = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF


def bits(key: int, indices: np.ndarray) -> np.ndarray:
    """engine.chance.bits of every index: uint64[n]."""
    z = np.uint64(key) + (indices.astype(np.uint64) + np.uint64(1)) * np.uint64(GOLDEN)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def murmur2(data: bytes) -> int:
    """Kafka's hash of a record's key, a signed 32-bit number (Apache Kafka 3.7, common.utils.Utils.murmur2)."""
    h, whole = _KAFKA_SEED ^ len(data), len(data) & ~3
    for i in range(0, whole, 4):
        k = int.from_bytes(data[i : i + 4], "little") * _MURMUR & _WORD
        k = (k ^ (k >> 24)) * _MURMUR & _WORD
        h = (h * _MURMUR & _WORD) ^ k
    if len(data) > whole:
        h = (h ^ int.from_bytes(data[whole:], "little")) * _MURMUR & _WORD
    h = (h ^ (h >> 13)) * _MURMUR & _WORD
    h ^= h >> 15
    return h - 2**32 if h >= 2**31 else h


def kafka_partition(key: bytes, partitions: int) -> int:
    """Where Kafka's default partitioner puts a record with a key (Utils.toPositive(murmur2(key)) % partitions)."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions


def crc16(data: bytes) -> int:
    """CRC-16/XMODEM: polynomial 0x1021, from 0."""
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def redis_slot(key: bytes) -> int:
    """The slot of a key in a Redis Cluster (Redis 7.2, cluster specification, "Hash tags").

    Only what stands between the first { and the next } is hashed, if anything stands there.
    """
    begin = key.find(b"{")
    end = key.find(b"}", begin + 1)
    tag = key[begin + 1 : end] if begin >= 0 and end > begin + 1 else key
    return crc16(tag) % SLOTS


def jump_hash(key: int, buckets: int) -> int:
    """The bucket of a 64-bit key; from n to n + 1 buckets only 1 / (n + 1) of the keys move, all to the new one.

    J. Lamping, E. Veach, A fast, minimal memory, consistent hash algorithm, arXiv:1406.2294, 2014.
    """
    chosen, following = -1, 0
    while following < buckets:
        chosen = following
        key = (key * _LCG + 1) & _LONG
        following = int((chosen + 1) * ((1 << 31) / ((key >> 33) + 1)))
    return chosen


def fingerprint(text: str) -> int:
    """The first 64 bits of SHA-256: equal for equal texts on every machine, different for different ones for all that one will see."""
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big")
