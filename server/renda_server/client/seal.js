/**
 * Sealing a ballot paper on the voter's own device: what renda_core.sealing does in Python, byte for byte.
 * The page that loads it needs the import map beside this file (importmap.json). The formats: docs/reference/sealed-box.md.
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';

import { sealTo } from './hpke.js';

const RANDOM = 16; // bytes of chance at the head of a paper
const STEP = 64; // a paper is padded to a multiple of so many bytes
const LAYER = 48; // bytes that one layer adds
const MOST_ANSWERS = 255; // a mark takes one byte, and 0 is none

/**
 * Close a paper with one layer for each trustee, the first one's outermost.
 * @param {object} sheet the sheet of the round, as the server gives it
 * @param {Array<[number, number]>} marks subject and answer of each mark, counted from 0; none for a blank paper
 * @returns {Uint8Array} as long as every paper of this sheet
 * @throws {Error} nothing is sealed: no good chance on this device, a sheet that is none, or marks that are not on it
 */
export function seal(sheet, marks) {
  const keys = boxKeys(sheet);
  const choice = encodeChoice(sheet, marks);
  const paper = new Uint8Array(inner(sheet));
  paper.set(randomBytes(RANDOM)); // throws where there is no crypto.getRandomValues
  paper.set(choice, RANDOM);
  const bound = boundTo(sheet);
  let sealed = paper;
  for (let layer = keys.length; layer > 0; layer -= 1) {
    const info = utf8ToBytes(`renda sealed paper 1|${bound}|layer ${layer} of ${keys.length}`);
    sealed = sealTo(keys[layer - 1], info, sealed);
  }
  if (sealed.length !== sheet.size) {
    throw new Error(`a sealed paper of this sheet has ${sealed.length} bytes, and the sheet says ${sheet.size}`);
  }
  return sealed;
}

/** The receipt of a sealed paper: SHA-256 in hex; it stands on the board once the box is shut. */
export function receipt(sealed) {
  return bytesToHex(sha256(sealed));
}

/**
 * The fingerprint of one trustee's keys, as it is read out and minuted: for the page to show before anybody votes,
 * because a paper that is sealed to other keys is open to whoever made them.
 */
export function fingerprint(trustee) {
  const head = utf8ToBytes('renda trustee fingerprint 1');
  const digest = bytesToHex(sha256(concatBytes(head, hexToBytes(trustee.box_key), hexToBytes(trustee.sign_key))));
  const digits = (BigInt(`0x${digest}`) % 10n ** 40n).toString().padStart(40, '0');
  return digits.match(/.{5}/g).join(' ');
}

/** Digest, in hex, of what a paper is sealed for: canonical JSON (RFC 8785), so the names below are in order. */
export function boundTo(sheet) {
  const bound = {
    answers: sheet.rule.answers,
    ballot: sheet.ballot,
    box_keys: sheet.trustees.map((trustee) => trustee.box_key),
    budget: sheet.asked.budget,
    costs: sheet.asked.costs,
    format: 'renda sealed paper 1',
    mode: sheet.rule.mode,
    places: sheet.asked.places,
    round: sheet.round,
    subjects: sheet.asked.subjects,
    trial: sheet.trial,
  };
  if (!whole(bound)) {
    throw new Error('nothing can be sealed: the sheet lacks what a paper is sealed for, or has it in another form');
  }
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(bound))));
}

/** Whether every field is there in its own form; what JSON would leave out or round makes a paper nobody can open. */
function whole({ answers, ballot, box_keys, budget, costs, mode, places, round, subjects, trial }) {
  const texts = (list) => Array.isArray(list) && list.every((each) => typeof each === 'string');
  const numbers = (list) => Array.isArray(list) && list.every(Number.isSafeInteger);
  const small = box_keys.every((key) => /^[0-9a-f]{64}$/.test(key));
  return texts(answers) && texts(subjects) && texts([ballot, mode]) && numbers(costs)
    && numbers([budget, places, round]) && typeof trial === 'boolean' && small;
}

function inner(sheet) {
  return STEP * Math.ceil((RANDOM + sheet.asked.subjects.length) / STEP);
}

function boxKeys(sheet) {
  const keys = sheet.trustees.map((trustee) => hexToBytes(trustee.box_key));
  if (keys.length === 0 || keys.some((key) => key.length !== 32)) {
    throw new Error('nothing can be sealed: this sheet has no trustees, or a key that is none');
  }
  if (sheet.size !== inner(sheet) + LAYER * keys.length) {
    throw new Error('nothing can be sealed: the sheet gives another size than its papers have');
  }
  return keys;
}

/** One byte for each subject: 0 without a mark, else the answer's index and one. */
function encodeChoice(sheet, marks) {
  const answers = sheet.rule.answers.length;
  const choice = new Uint8Array(sheet.asked.subjects.length);
  if (answers === 0 || answers > MOST_ANSWERS) {
    throw new Error('nothing can be sealed: no answer, or too many');
  }
  for (const [subject, answer] of marks) {
    const known = Number.isInteger(subject) && subject >= 0 && subject < choice.length;
    if (!known || !Number.isInteger(answer) || answer < 0 || answer >= answers) {
      throw new Error('a paper marks what is not on it');
    }
    if (choice[subject] !== 0) {
      throw new Error('a paper marks one subject twice');
    }
    choice[subject] = answer + 1;
  }
  return choice;
}
