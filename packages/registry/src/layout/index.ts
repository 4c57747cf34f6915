export { type LayoutPlace, openLayout } from './open-layout.js'
