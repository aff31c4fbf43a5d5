import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** Attributes and properties whose value a person sees or hears. */
const VISIBLE =
  /^(text|title|alt|label|placeholder|hint|confirm|aria-label|aria-description|aria-roledescription|aria-valuetext)$/;
const LETTERS = /\p{L}{2,}/u;

const sources = import.meta.glob<string>(['../../**/*.tsx', '!../../**/*.test.tsx'], {
  eager: true,
  query: '?raw',
  import: 'default',
});

/** Words between tags, and in visible attributes, that were not taken from the locales. */
function literals(code: string): string[] {
  const file = ts.createSourceFile('a.tsx', code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];

  function report(text: string): void {
    if (LETTERS.test(text)) found.push(text.trim());
  }

  function visit(node: ts.Node): void {
    if (ts.isJsxText(node)) report(node.text);
    const isNamed = ts.isJsxAttribute(node) || ts.isPropertyAssignment(node);
    if (isNamed && VISIBLE.test(node.name.getText(file))) wordsOf(node.initializer, report);
    if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) wordsOf(node, report);
    ts.forEachChild(node, visit);
  }

  visit(file);
  return found;
}

/** The string constants that an expression can become: also through ?:, && and ||, and in templates. */
function wordsOf(node: ts.Node | undefined, report: (text: string) => void): void {
  if (!node) return;
  if (ts.isStringLiteralLike(node)) report(node.text);
  else if (ts.isTemplateExpression(node)) {
    report([node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join(' '));
  } else if (ts.isJsxExpression(node) || ts.isParenthesizedExpression(node)) wordsOf(node.expression, report);
  else if (ts.isConditionalExpression(node)) {
    wordsOf(node.whenTrue, report);
    wordsOf(node.whenFalse, report);
  } else if (ts.isBinaryExpression(node)) {
    wordsOf(node.right, report);
    if (node.operatorToken.kind !== ts.SyntaxKind.AmpersandAmpersandToken) wordsOf(node.left, report);
  }
}

describe('literals', () => {
  it.each([
    ['<p>Hello there</p>', ['Hello there']],
    ['<p>{"Привет"}</p>', ['Привет']],
    ['<img alt="A cat" />', ['A cat']],
    ['<b title={ok ? "Yes" : t("no")} />', ['Yes']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source code to be examined
    ['<b title={`${n} photos`} />', ['photos']],
    ['toast({ text: "Saved" })', ['Saved']],
    ['<p className="wide">{t("hello")} · 5</p>', []],
    ['<p>{count > 0 && <b>·</b>}</p>', []],
  ])('in %s', (code, expected) => {
    expect(literals(code)).toEqual(expected);
  });
});

it.each(Object.keys(sources))('%s takes its words from the locales', (path) => {
  expect(literals(sources[path] ?? '')).toEqual([]);
});
