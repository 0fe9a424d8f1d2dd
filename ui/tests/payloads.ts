// Texts that would run something if any page took them for more than text.

const CALL = "window.__ran=(window.__ran||0)+1";

const SHAPES: readonly string[] = [
  `<script>${CALL}</script>`,
  `<img src=x onerror="${CALL}">`,
  `<svg onload="${CALL}">`,
  `<svg><script>${CALL}</script></svg>`,
  `<iframe srcdoc="<script>parent.${CALL}</script>"></iframe>`,
  `<iframe src="javascript:${CALL}"></iframe>`,
  `<a href="javascript:${CALL}">x</a>`,
  `<body onload="${CALL}">`,
  `<details open ontoggle="${CALL}">`,
  `<input autofocus onfocus="${CALL}">`,
  `<video><source onerror="${CALL}"></video>`,
  `<audio src=x onerror="${CALL}">`,
  `<object data="javascript:${CALL}"></object>`,
  `<embed src="javascript:${CALL}">`,
  `<math><mtext></mtext><img src=x onerror="${CALL}"></math>`,
  `<form action="javascript:${CALL}"><button>x</button></form>`,
  `<meta http-equiv="refresh" content="0;url=javascript:${CALL}">`,
  `<link rel=stylesheet href="javascript:${CALL}">`,
  `<base href="javascript:${CALL}//">`,
  `<template><script>${CALL}</script></template>`,
  `<style>@import 'javascript:${CALL}';</style>`,
  `javascript:${CALL}`,
  `data:text/html,<script>${CALL}</script>`,
  `{{constructor.constructor('${CALL}')()}}`,
  `\${${CALL}}`,
];

const FRAMES: readonly ((shape: string) => string)[] = [
  (shape) => shape,
  (shape) => `">${shape}`,
  (shape) => `'>${shape}`,
  (shape) => `</title></textarea></script>${shape}`,
  (shape) => shape.replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
  (shape) => shape.replace(/script/g, "ScRiPt").replace(/onerror/g, "oNeRrOr"),
  (shape) => `--></style>]]>${shape}`,
  (shape) => `\u202e${shape}\u001b[31m`,
];

/** 200 of them. */
export const PAYLOADS: readonly string[] = SHAPES.flatMap((shape) => FRAMES.map((frame) => frame(shape)));
