import { expect, it } from 'vitest';
import { fieldError, problemFrom, problemOf } from './problem';

it('reads code, title, facts and the time to wait', async () => {
  const response = new Response(
    JSON.stringify({
      type: '/problems/quota-exceeded',
      code: 'quota-exceeded',
      title: 'Полно.',
      status: 413,
      quota_bytes: 5,
    }),
    { status: 413, headers: { 'Retry-After': '7' } },
  );
  const problem = await problemFrom(response);
  expect(problem).toMatchObject({
    code: 'quota-exceeded',
    title: 'Полно.',
    message: 'Полно.',
    status: 413,
    retryAfter: 7,
    facts: { quota_bytes: 5 },
  });
});

it.each(['<html>502</html>', '', 'null', '[]', '"text"', '{"code": 5}'])(
  'makes a Problem even of a body like %j',
  async (body) => {
    const problem = await problemFrom(new Response(body, { status: 502 }));
    expect(problem).toMatchObject({ code: 'http-502', title: '', status: 502, retryAfter: null });
  },
);

it('finds what was said about a field', () => {
  const problem = problemOf(422, {
    code: 'invalid',
    errors: [{ field: 'body.login', message: 'слишком коротко' }, { field: 5 }, null],
  });
  expect(fieldError(problem, 'login')).toBe('слишком коротко');
  expect(fieldError(problem, 'password')).toBeUndefined();
  expect(fieldError(new Error('x'), 'login')).toBeUndefined();
});
