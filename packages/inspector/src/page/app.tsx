import { Activity } from './activity.js'
import { connection, hasToken } from './api.js'
import { Dialog } from './dialog.js'
import { tellingOf } from './levers.js'
import { PluginList } from './plugin-list.js'
import { said } from './store.js'
import { TopBar } from './top-bar.js'

export function App() {
  if (connection.value === 'refused')
    return (
      <main class="refused">
        <h1>{hasToken ? 'The token is that of another window' : 'This address has no token'}</h1>
        <p>Open the one that the application printed, with all that follows its #.</p>
      </main>
    )
  return (
    <>
      <TopBar />
      <main>
        <PluginList />
        <Activity />
      </main>
      <Dialog tell={tellingOf} />
      <p class="said" role="status">
        {said.value}
      </p>
    </>
  )
}
