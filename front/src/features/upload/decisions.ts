import { Offline, Problem } from '@/api/problem';
import type { FailReason } from './model';

/**
 * What to do after an attempt failed.
 *
 * [Note: Whose fault decides who waits]
 * A dead network, a restarting server and a rate limit meet every file alike: the queue as a whole waits, then
 * sends one file as a probe, and opens up again once that one moves. A locked upload (423: the server has not
 * noticed yet that our last connection died) concerns one file: that file waits, the others go on. What the
 * server refuses for a reason of the file (type, size, rights) is final and is told in words. Nothing that may heal
 * by itself ever becomes a failure, with one exception: a server that answers 500 to the same file again and again.
 */
export type Decision =
  | { readonly act: 'wait-queue'; readonly why: 'unreachable' | 'busy'; readonly delay: number }
  | { readonly act: 'wait-item'; readonly delay: number; readonly counts: boolean }
  | { readonly act: 'resume' }
  | { readonly act: 'restart' }
  | { readonly act: 'ask' }
  | { readonly act: 'sign-in' }
  | { readonly act: 'fail'; readonly reason: FailReason; readonly title: string };

/** The file changed, moved or vanished on disk after it was chosen. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** Nobody is signed in any more, and the refresh token does not help. */
export class SignedOut extends Error {
  override readonly name = 'SignedOut';
}

export interface Circumstances {
  /** Attempts in a row that ended without a wait of the whole queue, this one included. */
  readonly failures: number;
  /** The same for the whole queue: how often in a row nobody answered or the server was busy. */
  readonly outages: number;
  /** The server has an address for this file. */
  readonly resuming: boolean;
  /** 0 to 1. */
  random(): number;
}

const FIRST_DELAY = 1_000;
const LONGEST_DELAY = 60_000;
const GIVE_UP_AFTER = 5;

/**
 * Milliseconds before the next attempt: doubles from one second to one minute. Half of it is random, so that the
 * phones of a whole wedding party do not return in the same instant after the server restarts.
 */
export function backoff(failures: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.max(0, failures - 1));
  return ceiling / 2 + (ceiling / 2) * random();
}

export function decide(error: unknown, now: Circumstances): Decision {
  if (error instanceof Problem) {
    return onProblem(error, now);
  }
  if (error instanceof Offline) {
    return { act: 'wait-queue', why: 'unreachable', delay: backoff(now.outages + 1, now.random) };
  }
  if (error instanceof SignedOut) {
    return { act: 'sign-in' };
  }
  if (error instanceof Unreadable) {
    return { act: 'fail', reason: 'unreadable', title: '' };
  }
  // An error of our own page: do not turn in circles over it.
  return { act: 'fail', reason: 'refused', title: '' };
}

function onProblem(problem: Problem, now: Circumstances): Decision {
  switch (problem.status) {
    case 401:
      // The token was thrown away; the next attempt buys a new one, and finds out whether anybody is signed in.
      return now.failures > 1 ? waitItem(problem, now) : { act: 'resume' };
    case 404:
      return now.resuming ? restart(problem, now) : fail('forbidden', problem);
    case 409:
      return onConflict(problem, now);
    case 410:
      return restart(problem, now);
    case 460:
      return now.failures > 1 ? fail('changed', problem) : { act: 'restart' };
    case 423:
      return { ...waitItem(problem, now), counts: false };
    case 408:
    case 425:
    case 429:
    case 503:
      return waitQueue('busy', problem, now);
    case 502:
    case 504:
      // A proxy speaks for a server that is not there.
      return waitQueue('unreachable', problem, now);
    default:
      return onRefusal(problem, now);
  }
}

function onConflict(problem: Problem, now: Circumstances): Decision {
  if (problem.code === 'deleted-before') {
    return { act: 'ask' };
  }
  if (problem.code === 'offset-conflict') {
    return now.failures > 1 ? waitItem(problem, now) : { act: 'resume' };
  }
  return fail('refused', problem);
}

const REFUSALS: Readonly<Record<number, FailReason>> = {
  403: 'forbidden',
  413: 'too-large',
  415: 'unsupported-type',
  507: 'storage-full',
};

function onRefusal(problem: Problem, now: Circumstances): Decision {
  if (problem.code === 'quota-exceeded') {
    return fail('space-full', problem);
  }
  if (problem.code === 'empty-file') {
    return fail('empty-file', problem);
  }
  const reason = REFUSALS[problem.status];
  if (reason) {
    return fail(reason, problem);
  }
  if (problem.status < 500) {
    return fail('refused', problem);
  }
  return now.failures >= GIVE_UP_AFTER ? fail('server-error', problem) : waitItem(problem, now);
}

/** From the first byte; a server that forgets what it was given again and again has to be given up at some point. */
function restart(problem: Problem, now: Circumstances): Decision {
  return now.failures >= GIVE_UP_AFTER ? fail('server-error', problem) : { act: 'restart' };
}

function waitItem(problem: Problem, now: Circumstances): Decision & { act: 'wait-item' } {
  return { act: 'wait-item', delay: atLeast(problem, backoff(now.failures + 1, now.random)), counts: true };
}

function waitQueue(why: 'unreachable' | 'busy', problem: Problem, now: Circumstances): Decision {
  return { act: 'wait-queue', why, delay: atLeast(problem, backoff(now.outages + 1, now.random)) };
}

function atLeast(problem: Problem, delay: number): number {
  return Math.max((problem.retryAfter ?? 0) * 1_000, delay);
}

function fail(reason: FailReason, problem: Problem): Decision {
  return { act: 'fail', reason, title: problem.title };
}
