import type { PluginProfile } from '@wasm-plugin/host'
import { showText } from '@wasm-plugin/runtime/text'
import { type Bar, barsOf } from './bars.js'
import { shownMs } from './show-times.js'

/** Functions in the table. */
const ROWS = 200
/** Pixels of a bar. */
const HEIGHT = 18

/**
 * A page that shows a profile: a flame graph, who calls above whom is called, and a table of functions. It is all in one file, has
 * no script, and loads nothing; texts of the plugin are texts in it.
 */
export function flamePage(profile: PluginProfile, title: string): string {
  const bars = barsOf(profile.cpuProfile)
  const depth = bars.reduce((most, { depth }) => Math.max(most, depth + 1), 1)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(showText(title))}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(showText(title))}</h1>
<p>${summary(profile)}</p>
<div class="flame" style="height:${depth * HEIGHT}px" role="img" aria-label="Flame graph; the table below has the same times">
${bars.map(bar).join('\n')}
</div>
<table>
<thead><tr><th>self</th><th>total</th><th>function</th><th>where</th></tr></thead>
<tbody>
${profile.functions.slice(0, ROWS).map(row).join('\n')}
</tbody>
</table>
</body>
</html>
`
}

function summary({ pluginMs, wasiMs, hostMs, valuesMs }: PluginProfile): string {
  return [
    ['plugin', pluginMs],
    ['WASI', wasiMs],
    ['application', hostMs],
    ['passing values', valuesMs],
  ]
    .map(([name, ms]) => `<span>${name} <b>${shownMs(ms as number)}</b></span>`)
    .join(' ')
}

function bar({ name, place, kind, from, width, depth, ms }: Bar): string {
  const where = place === '' ? '' : `\n${place}`
  const text = `${name}${where}\n${shownMs(ms)}, ${(width * 100).toFixed(1)} %`
  const style = `left:${percent(from)};width:${percent(width)};top:${depth * HEIGHT}px`
  return `<span class="${kind}" style="${style}" title="${escaped(text)}">${escaped(name)}</span>`
}

function row({ function: name, file, line, selfMs, totalMs }: PluginProfile['functions'][number]): string {
  const where = file === null ? '' : `${file}:${line}`
  const cells = [shownMs(selfMs), shownMs(totalMs), name ?? '(no name)', where]
  return `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(3)}%`
}

/** As text of an element, and as an attribute in double quotes. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}

const STYLE = `
:root{color-scheme:light dark;--plugin:#e8a54b;--wasi:#6aa5d8;--app:#79b871;--other:#b9b9b9}
body{font:13px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:90rem;padding:0 1rem}
h1{font-size:1.2rem;overflow-wrap:anywhere}
p span{margin-right:1.5em}
.flame{position:relative;margin:1rem 0 2rem}
.flame span{position:absolute;height:${HEIGHT - 1}px;line-height:${HEIGHT - 1}px;overflow:hidden;white-space:nowrap;
font-size:11px;padding-left:3px;box-sizing:border-box;color:#000;border-radius:2px;border-right:1px solid Canvas}
.plugin{background:var(--plugin)}.wasi{background:var(--wasi)}.app{background:var(--app)}.other{background:var(--other)}
.flame span:hover{outline:2px solid CanvasText;z-index:1}
table{border-collapse:collapse;width:100%}
th{text-align:left;border-bottom:1px solid GrayText}
td,th{padding:.15rem 1rem .15rem 0;vertical-align:top}
td:nth-child(-n+2){text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td:nth-child(3),td:nth-child(4){overflow-wrap:anywhere}
`.replaceAll('\n', '')
