import { describe, expect, it } from 'vitest';
import { Offline, Problem } from '@/api/problem';
import { backoff, type Circumstances, decide, SignedOut, Unreadable } from './decisions';

const calm: Circumstances = { failures: 1, outages: 0, resuming: false, random: () => 1 };

function problem(status: number, code = `http-${status}`, retryAfter: number | null = null): Problem {
  return new Problem(status, code, `title of ${code}`, {}, retryAfter);
}

describe('backoff', () => {
  it('doubles from one second to a minute', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 8, 50].map((failures) => backoff(failures, () => 1));
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('leaves half of the delay to chance', () => {
    expect(backoff(3, () => 0)).toBe(2_000);
    expect(backoff(3, () => 0.5)).toBe(3_000);
  });
});

describe('decide', () => {
  it('lets the whole queue wait while nobody answers', () => {
    expect(decide(new Offline(), { ...calm, outages: 2 })).toEqual({
      act: 'wait-queue',
      why: 'unreachable',
      delay: 4_000,
    });
  });

  it.each([502, 504])('takes a proxy that answers %i for a server that is not there', (status) => {
    expect(decide(problem(status), calm)).toMatchObject({ act: 'wait-queue', why: 'unreachable' });
  });

  it.each([429, 503, 408, 425])(
    'lets the whole queue wait after %i, as long as the server asks',
    (status) => {
      expect(decide(problem(status, 'x', 30), calm)).toEqual({
        act: 'wait-queue',
        why: 'busy',
        delay: 30_000,
      });
    },
  );

  it('never waits less than its own back-off, whatever Retry-After says', () => {
    expect(decide(problem(503, 'unavailable', 0), { ...calm, outages: 3 })).toMatchObject({ delay: 8_000 });
  });

  it('lets only the file wait while its upload is locked, and does not hold it against the file', () => {
    expect(decide(problem(423, 'upload-locked'), { ...calm, failures: 40 })).toMatchObject({
      act: 'wait-item',
      counts: false,
    });
  });

  it('asks for the offset again after a conflict, at once and then more slowly', () => {
    expect(decide(problem(409, 'offset-conflict'), calm)).toEqual({ act: 'resume' });
    expect(decide(problem(409, 'offset-conflict'), { ...calm, failures: 2 })).toMatchObject({
      act: 'wait-item',
    });
  });

  it('asks the person about a photo that was deleted before', () => {
    expect(decide(problem(409, 'deleted-before'), calm)).toEqual({ act: 'ask' });
  });

  it('fetches a new token after 401, and stops only when nobody is signed in', () => {
    expect(decide(problem(401, 'unauthorized'), calm)).toEqual({ act: 'resume' });
    expect(decide(problem(401, 'unauthorized'), { ...calm, failures: 2 })).toMatchObject({
      act: 'wait-item',
    });
    expect(decide(new SignedOut(), calm)).toEqual({ act: 'sign-in' });
  });

  it.each([404, 410])('begins again when the server forgot the upload (%i)', (status) => {
    expect(decide(problem(status), { ...calm, resuming: true })).toEqual({ act: 'restart' });
    expect(decide(problem(status), { ...calm, resuming: true, failures: 5 })).toMatchObject({ act: 'fail' });
  });

  it('takes 404 for a space that is not ours when nothing was begun', () => {
    expect(decide(problem(404, 'not-found'), calm)).toMatchObject({ act: 'fail', reason: 'forbidden' });
  });

  it('sends once more when the checksum does not fit, and then believes that the file changed', () => {
    expect(decide(problem(460, 'checksum-mismatch'), calm)).toEqual({ act: 'restart' });
    expect(decide(problem(460, 'checksum-mismatch'), { ...calm, failures: 2 })).toMatchObject({
      reason: 'changed',
    });
  });

  it.each([
    [403, 'forbidden', 'forbidden'],
    [413, 'too-large', 'too-large'],
    [413, 'quota-exceeded', 'space-full'],
    [415, 'unsupported-type', 'unsupported-type'],
    [422, 'empty-file', 'empty-file'],
    [422, 'invalid', 'refused'],
    [409, 'conflict', 'refused'],
    [400, 'bad-request', 'refused'],
    [507, 'storage-full', 'storage-full'],
  ])('tells why %i %s is final', (status, code, reason) => {
    expect(decide(problem(status, code), calm)).toEqual({ act: 'fail', reason, title: `title of ${code}` });
  });

  it('tries a file five times against an error of the server', () => {
    const acts = [1, 2, 3, 4, 5].map((failures) => decide(problem(500), { ...calm, failures }).act);
    expect(acts).toEqual(['wait-item', 'wait-item', 'wait-item', 'wait-item', 'fail']);
  });

  it('does not repeat what cannot get better', () => {
    expect(decide(new Unreadable(), calm)).toMatchObject({ act: 'fail', reason: 'unreadable' });
    expect(decide(new TypeError('ours'), calm)).toMatchObject({ act: 'fail', reason: 'refused' });
  });
});
