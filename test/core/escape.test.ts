import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clip, displayWidth, escapeControls, jsonLine } from '../../src/core/escape.ts';

describe('escapeControls', () => {
  it('leaves ordinary text of any script alone', () => {
    for (const text of ['nginx: worker', 'Grüße', '日本語', 'می‌خواهم', '👩‍🚀', 'é']) {
      expect(escapeControls(text)).toBe(text);
    }
  });

  it('shows control characters, direction marks, separators and what hides', () => {
    expect(escapeControls('a\nb\tc\rd')).toBe('a\\nb\\tc\\rd');
    expect(escapeControls('\x1b[2J\x07\x7f\x9b31m\0')).toBe('\\x1b[2J\\x07\\x7f\\x9b31m\\x00');
    expect(escapeControls('\u202egnp.exe\u2066\u200f\u061c')).toBe('\\u202egnp.exe\\u2066\\u200f\\u061c');
    expect(escapeControls('a\u2028b\u2029')).toBe('a\\u2028b\\u2029');
    expect(escapeControls('a\u200bb\ufeff\u2060\u3164')).toBe('a\\u200bb\\ufeff\\u2060\\u3164');
    expect(escapeControls('\u{e0041}')).toBe('\\u{e0041}');
    expect(escapeControls('\ud800x\udc00')).toBe('\\ud800x\\udc00');
  });

  it('escapes the backslash, so that two names never look the same', () => {
    expect(escapeControls('a\\nb')).toBe('a\\\\nb');
    fc.assert(
      fc.property(fc.array(fc.constantFrom('\\', 'n', '\n', 'x1b', '\x1b', 'u202e', '\u202e', '{')), (parts) => {
        const text = parts.join('');
        expect(readBack(escapeControls(text))).toBe(text);
      }),
    );
  });

  it('yields one line without controls, whatever is put in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
        const shown = escapeControls(String.fromCharCode(...units));
        expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});

describe('jsonLine', () => {
  it('writes what parses to the same value, without controls', () => {
    const value = { name: 'a\\b\n\x9b\x7f\u202e\u{e0041}"', ok: 'é🔥' };
    const line = jsonLine(value);
    expect(JSON.parse(line)).toEqual(value);
    expect(line).toBe('{"name":"a\\\\b\\n\\u009b\\u007f\\u202e\\udb40\\udc41\\"","ok":"é🔥"}');
  });
});

describe('displayWidth', () => {
  it('counts columns as a terminal does', () => {
    expect(displayWidth('nginx')).toBe(5);
    expect(displayWidth('日本')).toBe(4);
    expect(displayWidth('한')).toBe(2);
    expect(displayWidth('e\u0301')).toBe(1);
    expect(displayWidth('🔥')).toBe(2);
    expect(displayWidth('ｱ')).toBe(1);
    expect(displayWidth('Ａ')).toBe(2);
    expect(displayWidth('…é≤▁')).toBe(4);
  });
});

describe('clip', () => {
  it('cuts with an ellipsis and never in the middle of a wide character', () => {
    expect(clip('nginx', 5)).toBe('nginx');
    expect(clip('nginx', 4)).toBe('ngi…');
    expect(clip('日本語', 6)).toBe('日本語');
    expect(clip('日本語', 5)).toBe('日本…');
    expect(clip('日本語', 4)).toBe('日…');
    expect(clip('nginx', 1)).toBe('…');
    expect(clip('nginx', 0)).toBe('');
  });

  it('never exceeds the width', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, width) => {
        expect(displayWidth(clip(escapeControls(text), width))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

/** Reads the escapes as JavaScript does. */
function readBack(shown: string): string {
  return shown.replace(/\\(?:n|\\|x(..)|u(....))/g, (found, byte?: string, unit?: string) => {
    if (found === '\\n') return '\n';
    if (found === '\\\\') return '\\';
    return String.fromCharCode(Number.parseInt(byte ?? unit ?? '', 16));
  });
}
