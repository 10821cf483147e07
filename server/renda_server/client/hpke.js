/**
 * HPKE (RFC 9180), base mode, one message: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.
 * Only what sealing needs. Runs in a browser without WebCrypto's `subtle`, so over plain HTTP too.
 * @module
 */
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';

const NONE = new Uint8Array(0);
const VERSION = utf8ToBytes('HPKE-v1');
/** RFC 9180 § 4.1 and § 5.1: the identifiers of § 7: KEM 0x0020, KDF 0x0001, AEAD 0x0003. */
const KEM = concatBytes(utf8ToBytes('KEM'), Uint8Array.of(0x00, 0x20));
const SUITE = concatBytes(utf8ToBytes('HPKE'), Uint8Array.of(0x00, 0x20, 0x00, 0x01, 0x00, 0x03));
const BASE = Uint8Array.of(0);
const KEY = 32; // Nk of § 7.3, and Nsecret of § 7.1
const NONCE = 12; // Nn of § 7.3

/** RFC 9180 § 4. */
function labeledExtract(suite, salt, label, ikm) {
  return extract(sha256, concatBytes(VERSION, suite, utf8ToBytes(label), ikm), salt);
}

/** RFC 9180 § 4. */
function labeledExpand(suite, prk, label, info, length) {
  const size = Uint8Array.of(length >> 8, length & 0xff);
  return expand(sha256, prk, concatBytes(size, VERSION, suite, utf8ToBytes(label), info), length);
}

/** RFC 9180 § 4.1, Encap: a secret shared with the holder of the key, and what tells it to her. */
function encapsulate(publicKey, ephemeral) {
  const dh = x25519.getSharedSecret(ephemeral, publicKey); // refuses a point of small order
  const enc = x25519.getPublicKey(ephemeral);
  const prk = labeledExtract(KEM, NONE, 'eae_prk', dh);
  return { enc, shared: labeledExpand(KEM, prk, 'shared_secret', concatBytes(enc, publicKey), KEY) };
}

/** RFC 9180 § 5.1, KeySchedule in base mode: the key and nonce of the first message. */
function schedule(shared, info) {
  const pskIdHash = labeledExtract(SUITE, NONE, 'psk_id_hash', NONE);
  const context = concatBytes(BASE, pskIdHash, labeledExtract(SUITE, NONE, 'info_hash', info));
  const secret = labeledExtract(SUITE, shared, 'secret', NONE);
  return {
    key: labeledExpand(SUITE, secret, 'key', context, KEY),
    nonce: labeledExpand(SUITE, secret, 'base_nonce', context, NONCE),
  };
}

/**
 * Seal one message to a public key: the encapsulated key, 32 bytes, then the ciphertext with its tag, 16 more.
 * @param {Uint8Array} publicKey X25519, 32 bytes
 * @param {Uint8Array} info what the message is bound to
 * @param {Uint8Array} plaintext
 * @param {Uint8Array} [aad]
 * @param {Uint8Array} [ephemeral] for published test vectors only: fresh chance otherwise
 * @returns {Uint8Array}
 */
export function sealTo(publicKey, info, plaintext, aad = NONE, ephemeral = x25519.utils.randomSecretKey()) {
  const { enc, shared } = encapsulate(publicKey, ephemeral);
  const { key, nonce } = schedule(shared, info);
  return concatBytes(enc, chacha20poly1305(key, nonce, aad).encrypt(plaintext));
}
