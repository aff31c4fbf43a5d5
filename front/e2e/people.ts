/** People who use the API directly, to set the stage for what a test does in the browser. */
import type { Page } from '@playwright/test';
import { installation, OPERATOR } from './installation';

export type Role = 'owner' | 'manager' | 'contributor' | 'viewer';

export interface Account {
  login: string;
  password: string;
  name: string;
}

export interface Space {
  id: string;
  name: string;
  kind: 'personal' | 'group';
}

/** Somebody with an account and a token. */
export class Person {
  readonly account: Account;
  readonly id: string;
  readonly personalSpaceId: string;
  #token: string;

  private constructor(account: Account, tokens: Tokens) {
    this.account = account;
    this.id = tokens.user.id;
    this.personalSpaceId = tokens.user.personal_space_id;
    this.#token = tokens.access_token;
  }

  static async signIn(account: Account): Promise<Person> {
    const { login, password } = account;
    return new Person(account, await request<Tokens>('POST', '/api/auth/password', { login, password }));
  }

  static async register(account: Account, invitation: string): Promise<Person> {
    return new Person(
      account,
      await request<Tokens>('POST', '/api/auth/register', { ...account, invitation }),
    );
  }

  /** The person who has signed in from MAX on this page, without a login. */
  static async ofPage(page: Page): Promise<Person> {
    const kept = await page.evaluate(() => sessionStorage.getItem('gallery.refresh'));
    const tokens = await request<Tokens>('POST', '/api/auth/refresh', { refresh_token: kept });
    await page.evaluate(
      (token) => sessionStorage.setItem('gallery.refresh', token),
      tokens.refresh_token ?? '',
    );
    return new Person({ login: '', password: '', name: '' }, tokens);
  }

  /** A person may serve many tests, and a token lasts for minutes: who is not known any more signs in again. */
  async call<T>(method: string, path: string, body?: object | FormData): Promise<T> {
    const response = await ask(method, path, body, this.#token);
    if (response.status !== 401 || !this.account.login) return answer<T>(response);
    const { login, password } = this.account;
    this.#token = (await request<Tokens>('POST', '/api/auth/password', { login, password })).access_token;
    return request<T>(method, path, body, this.#token);
  }

  createSpace(name: string): Promise<Space> {
    return this.call<Space>('POST', '/api/spaces', { name });
  }

  /** The secret part of a new invitation link. */
  async invite(space: Space, role: Role): Promise<string> {
    const { token } = await this.call<{ token: string }>('POST', `/api/spaces/${space.id}/invitations`, {
      role,
    });
    return token;
  }

  async add(space: Space, person: Person, role: Role): Promise<void> {
    await this.call('POST', `/api/spaces/${space.id}/members`, { login: person.account.login, role });
  }

  async leave(space: Space): Promise<void> {
    await this.call('DELETE', `/api/spaces/${space.id}/members/${this.id}`);
  }

  /** Stores one file through the plain upload; its asset's id. */
  async upload(space: Space, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    const form = new FormData();
    form.set('file', new Blob([bytes]), name);
    return (await this.call<{ id: string }>('POST', `/api/assets?space_id=${space.id}`, form)).id;
  }
}

interface Tokens {
  access_token: string;
  refresh_token?: string | null;
  user: { id: string; personal_space_id: string };
}

let operator: Promise<Person> | null = null;
let door: Promise<Door> | null = null;
let count = 0;

/** A space that people come in by, and leave at once. */
interface Door {
  space: Space;
  invitation: string;
}

/** The keeper of the installation; signs in once per worker. */
export function theOperator(): Promise<Person> {
  operator ??= Person.signIn(OPERATOR);
  return operator;
}

/** Somebody new, with a group space of their own named `spaceName`. */
export async function newPerson(
  name: string,
  spaceName = 'Семья',
): Promise<{ person: Person; space: Space }> {
  const person = await newcomer(name);
  return { person, space: await person.createSpace(spaceName) };
}

/** Somebody new who belongs to nothing but their personal space. */
export async function newcomer(name: string): Promise<Person> {
  door ??= openDoor();
  const { space, invitation } = await door;
  const person = await Person.register(newAccount(name), invitation);
  await person.leave(space);
  return person;
}

async function openDoor(): Promise<Door> {
  const keeper = await theOperator();
  const space = await keeper.createSpace('Дверь');
  return { space, invitation: await keeper.invite(space, 'viewer') };
}

/** An account that does not exist yet. */
export function newAccount(name: string): Account {
  count += 1;
  const unique = `${process.pid}-${Date.now().toString(36)}-${count}`;
  return { name, login: `person-${unique}`, password: `password of ${unique}` };
}

async function request<T>(
  method: string,
  path: string,
  body?: object | FormData,
  token?: string,
): Promise<T> {
  return answer<T>(await ask(method, path, body, token));
}

function ask(method: string, path: string, body?: object | FormData, token?: string): Promise<Response> {
  const isForm = body instanceof FormData;
  return fetch(installation().origin + path, {
    method,
    headers: {
      ...(body && !isForm ? { 'Content-Type': 'application/json' } : {}),
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
    },
    ...(body ? { body: isForm ? body : JSON.stringify(body) } : {}),
  });
}

async function answer<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${text}`);
  return (text ? JSON.parse(text) : undefined) as T;
}
