// The colours hold their contrast in both themes: computed from the tokens themselves.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const css = readFileSync("src/look/tokens.css", "utf8");

function tokens(part: string): Record<string, string> {
  return Object.fromEntries([...part.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, value]) => [name ?? "", value ?? ""]));
}

const blocks = css.split(/(?=:root)/);
const light = tokens(blocks.find((block) => block.startsWith(":root {")) ?? "");
const dark = { ...light, ...tokens(blocks.find((block) => block.startsWith(':root[data-theme="dark"]')) ?? "") };

function luminance(hex: string): number {
  const channel = (at: number) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)].sort((x, y) => y - x);
  return ((a ?? 0) + 0.05) / ((b ?? 0) + 0.05);
}

for (const [theme, set] of [["light", light], ["dark", dark]] as const) {
  test(`text, marks and fills can be read in ${theme}`, () => {
    const least = (front: string, back: string, ratio: number) => {
      const found = contrast(set[front] ?? "", set[back] ?? "");
      assert.ok(found >= ratio, `${front} on ${back}: ${found.toFixed(2)}, wanted ${ratio}`);
    };
    for (const back of ["bg", "surface", "sunken"]) {
      for (const front of ["text", "text-2", "text-3", "accent", "ok", "run", "fail", "late", "miss", "mute"]) least(front, back, 4.5);
    }
    for (const tone of ["ok", "run", "fail", "late", "miss", "mute"]) {
      least(tone, `${tone}-tint`, 4.5);
      least(`${tone}-fill`, "surface", 3);
    }
    least("line-strong", "surface", 3);
    least("on-accent", "accent", 4.5);
  });
}
