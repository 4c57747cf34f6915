import icon from 'embedded:icon'
import markup from 'embedded:markup'
import script from 'embedded:script'
import style from 'embedded:style'

/** What the page is made of, by its paths. */
export const pageFiles = new Map([
  ['/', { type: 'text/html; charset=utf-8', text: markup }],
  ['/page.css', { type: 'text/css; charset=utf-8', text: style }],
  ['/page.js', { type: 'text/javascript; charset=utf-8', text: script }],
  ['/icon.svg', { type: 'image/svg+xml', text: icon }],
])
