// Digital Bazaar's library behind lines of JSON: a request a line, an answer a line.
//
// A job is kept under its name, so that a document is read once and worked on often. What is
// answered for `run` is the CPU time of this whole process, helpers of Node included.

import {createInterface} from 'node:readline';

import * as Bls12381Multikey from '@digitalbazaar/bls12-381-multikey';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as bbs2023 from '@digitalbazaar/bbs-2023-cryptosuite';
import * as ecdsaSd2023 from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite as ecdsaRdfc2019} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import {createSignCryptosuite as signEddsaJcs2022, createVerifyCryptosuite as verifyEddsaJcs2022}
  from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {cryptosuite as eddsaRdfc2022} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';

const whole = (cryptosuite, keyFrom) => ({
  keyFrom,
  sign: () => cryptosuite,
  verify: () => cryptosuite,
});
const selective = (suite, keyFrom) => ({
  keyFrom,
  sign: mandatoryPointers => suite.createSignCryptosuite({mandatoryPointers}),
  derive: selectivePointers => suite.createDiscloseCryptosuite({selectivePointers}),
  verify: () => suite.createVerifyCryptosuite(),
});
const bbsKey = key => Bls12381Multikey.from(key, {
  algorithm: Bls12381Multikey.ALGORITHMS.BBS_BLS12381_SHA256,
});
const SUITES = {
  'bbs-2023': selective(bbs2023, bbsKey),
  'ecdsa-rdfc-2019': whole(ecdsaRdfc2019, EcdsaMultikey.from),
  'ecdsa-sd-2023': selective(ecdsaSd2023, EcdsaMultikey.from),
  'eddsa-jcs-2022': {
    keyFrom: Ed25519Multikey.from,
    sign: () => signEddsaJcs2022(),
    verify: () => verifyEddsaJcs2022(),
  },
  'eddsa-rdfc-2022': whole(eddsaRdfc2022, Ed25519Multikey.from),
};

const contexts = new Map();
const jobs = new Map();

// Contexts as they were handed over, and did:key, whose documents say nothing that it does not.
async function documentLoader(url) {
  const document = contexts.get(url) ?? didKey(url);
  return {contextUrl: null, documentUrl: url, document};
}

function didKey(url) {
  const [did, fragment] = url.split('#');
  if(!did.startsWith('did:key:')) {
    throw new Error(`nothing is fetched: ${url}`);
  }
  const multikey = did.slice('did:key:'.length);
  const method = multikeyOf(did, multikey);
  return fragment === undefined ? {
    '@context': 'https://www.w3.org/ns/did/v1',
    id: did,
    assertionMethod: [method.id],
    authentication: [method.id],
  } : method;
}

function multikeyOf(controller, publicKeyMultibase) {
  return {
    '@context': 'https://w3id.org/security/multikey/v1',
    id: `${controller}#${publicKeyMultibase}`,
    type: 'Multikey',
    controller,
    publicKeyMultibase,
  };
}

async function prepare({work, suite: name, document, key, pointers}) {
  const suite = SUITES[name];
  if(work === 'issue') {
    const {publicKeyMultibase, secretKeyMultibase} = key;
    const multikey = multikeyOf(`did:key:${publicKeyMultibase}`, publicKeyMultibase);
    const pair = await suite.keyFrom({...multikey, secretKeyMultibase});
    const signer = pair.signer();
    return () => vc.issue({
      credential: structuredClone(document),
      suite: new DataIntegrityProof({signer, cryptosuite: suite.sign(pointers)}),
      documentLoader,
    });
  }
  if(work === 'derive') {
    return () => vc.derive({
      verifiableCredential: document,
      suite: new DataIntegrityProof({cryptosuite: suite.derive(pointers)}),
      documentLoader,
    });
  }
  return async () => {
    const {verified, error} = await vc.verifyCredential({
      credential: document,
      suite: new DataIntegrityProof({cryptosuite: suite.verify()}),
      documentLoader,
    });
    if(!verified) {
      throw error;
    }
    return null;
  };
}

async function answer(request) {
  switch(request.ask) {
    case 'know':
      contexts.set(request.url, request.document);
      return null;
    case 'prepare':
      jobs.set(request.job, await prepare(request));
      return null;
    case 'once':
      return jobs.get(request.job)();
    case 'run': {
      const job = jobs.get(request.job);
      const before = process.cpuUsage();
      for(let run = 0; run < request.runs; run++) {
        await job();
      }
      const {user, system} = process.cpuUsage(before);
      return user + system;
    }
    case 'forget':
      jobs.delete(request.job);
      return null;
  }
  throw new Error(`unknown: ${request.ask}`);
}

for await (const line of createInterface({input: process.stdin})) {
  let reply;
  try {
    reply = {ok: await answer(JSON.parse(line))};
  } catch(error) {
    const causes = error.errors ?? [error];
    reply = {error: causes.map(one => one.message).join('; ')};
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
