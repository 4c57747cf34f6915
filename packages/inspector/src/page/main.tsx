import { render } from 'preact'
import { watch } from './api.js'
import { App } from './app.js'
import { take } from './store.js'

render(<App />, document.body)
void watch(take)
