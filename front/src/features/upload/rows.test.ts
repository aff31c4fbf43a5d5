import { describe, expect, it } from 'vitest';
import { type ItemState, newItem, type UploadItem } from './model';
import { FOLDED_FROM, heightOf, type Row, rowsOf, visibleRows } from './rows';
import { fileOf, SPACE } from './testing';

function item(name: string, state: ItemState): UploadItem {
  return { ...newItem(SPACE, { file: fileOf(name), path: '' }), state };
}

function titles(rows: readonly Row[]): string[] {
  return rows.map((row) => (row.kind === 'section' ? `# ${row.section}` : row.item.name));
}

const waiting = (name: string) => item(name, { kind: 'waiting' });

describe('rowsOf', () => {
  it('shows what needs a person first and what is done last, the latest on top', () => {
    const rows = rowsOf(
      [
        item('done 1', { kind: 'done', assetId: '1' }),
        item('done 2', { kind: 'present', assetId: '2', trashed: false }),
        item('bad', { kind: 'failed', reason: 'too-large', title: '' }),
        item('moving', { kind: 'sending' }),
        waiting('next'),
        item('deleted', { kind: 'question' }),
      ],
      {},
    );
    expect(titles(rows)).toEqual([
      '# attention',
      'bad',
      'deleted',
      '# active',
      'moving',
      '# waiting',
      'next',
      '# finished',
      'done 2',
      'done 1',
    ]);
  });

  it('folds a long queue, unless told otherwise', () => {
    const queue = Array.from({ length: FOLDED_FROM + 1 }, (_, index) => waiting(`${index}`));
    expect(titles(rowsOf(queue, {}))).toEqual(['# waiting']);
    expect(rowsOf(queue, { waiting: false })).toHaveLength(FOLDED_FROM + 2);
    expect(rowsOf(queue.slice(1), {})).toHaveLength(FOLDED_FROM + 1);
    expect(titles(rowsOf([waiting('a')], { waiting: true }))).toEqual(['# waiting']);
  });
});

describe('visibleRows', () => {
  const rows = rowsOf(
    Array.from({ length: 5_000 }, (_, index) => waiting(`${index}`)),
    { waiting: false },
  );

  it('knows the height of all and places only what is seen', () => {
    const { placed, height } = visibleRows(rows, 10_000, 10_600);
    expect(height).toBe(rows.reduce((sum, row) => sum + heightOf(row), 0));
    expect(placed.length).toBeLessThan(12);
    expect(placed[0]?.top).toBeLessThanOrEqual(10_000);
    expect(placed.at(-1)?.top).toBeLessThan(10_600);
    for (const [index, each] of placed.entries()) {
      expect(each.index).toBe((placed[0]?.index ?? 0) + index);
    }
  });

  it('shows the end of the list', () => {
    const { placed, height } = visibleRows(rows, rows.length * 64 - 600, rows.length * 64);
    const last = placed.at(-1);
    expect(last?.index).toBe(rows.length - 1);
    expect((last?.top ?? 0) + heightOf(last?.row as Row)).toBe(height);
  });
});
