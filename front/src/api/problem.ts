/**
 * What can go wrong between this page and the server.
 *
 *     ApiError
 *     ├── Problem   the server answered application/problem+json (RFC 9457)
 *     └── Offline   nothing answered: no network, or the server is not reachable
 */
export class ApiError extends Error {}

/** One rejected field of a form; `field` is the name in the request body, "login" say. */
export interface FieldError {
  field: string;
  message: string;
}

export class Problem extends ApiError {
  /** Stable and meant for code: "not-found", "quota-exceeded". */
  readonly code: string;
  /** A sentence for people, already in their language. */
  readonly title: string;
  readonly status: number;
  /** Whatever else the server told: quota_bytes, used_bytes, request_id. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Seconds to wait before another attempt, when the server named them. */
  readonly retryAfter: number | null;

  constructor(
    status: number,
    code: string,
    title: string,
    facts: Record<string, unknown>,
    retryAfter: number | null,
  ) {
    super(title || code);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.title = title;
    this.facts = facts;
    this.retryAfter = retryAfter;
  }

  get fieldErrors(): FieldError[] {
    const { errors } = this.facts;
    return Array.isArray(errors) ? errors.filter(isFieldError) : [];
  }
}

export class Offline extends ApiError {
  constructor(cause?: unknown) {
    super('The server cannot be reached.', { cause });
    this.name = 'Offline';
  }
}

/** What the server said about one field of the form, if it said something. */
export function fieldError(error: unknown, field: string): string | undefined {
  if (!(error instanceof Problem)) return undefined;
  return error.fieldErrors.find((each) => each.field.split('.').at(-1) === field)?.message;
}

function isFieldError(value: unknown): value is FieldError {
  return isRecord(value) && typeof value.field === 'string' && typeof value.message === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads a Problem from a failed answer. A body that is not problem+json (a proxy's error page, say)
 * still becomes a Problem, with the code "http-<status>" and an empty title.
 */
export async function problemFrom(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  return problemOf(response.status, body, response.headers.get('Retry-After'));
}

/** The same for a body that another client (tus) has read as text or JSON already. */
export function problemOf(status: number, body: unknown, retryAfter: string | null = null): Problem {
  const { code, title, status: _status, type: _type, ...facts } = isRecord(body) ? body : {};
  return new Problem(
    status,
    typeof code === 'string' ? code : `http-${status}`,
    typeof title === 'string' ? title : '',
    facts,
    seconds(retryAfter),
  );
}

function seconds(retryAfter: string | null): number | null {
  const value = Number(retryAfter);
  return retryAfter !== null && Number.isFinite(value) && value >= 0 ? value : null;
}
