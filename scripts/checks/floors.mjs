/**
 * The rooms of each package, from the top of the house to its ground: a room is a folder of `src`, or a file of it. A
 * room imports only from rooms below it, types included, so no two know each other.
 */
export const floors = {
  runtime: rooms(
    'index internal early original-modules component compile instance state link abi limits binary errors text types engine-types',
  ),
  manifest: rooms('index shape section compare manifest schema grammar issue names errors'),
  wasi: rooms(
    'index internal instance wasi lasting saved-state prices gate p1 p2 protocol grants ports volume awaitable shared-memory utf8 own-data milliseconds errors',
  ),
  embed:
    rooms(`index thread internal services host dev load worker inline plugin plugin-calls update restart loaded-plugin profile call pool lane resource audit budget spans ports wire frames contract
    engine options program http capability plugin-source plugin-resolver learn telemetry stats event-hub guarded events limits milliseconds turn ending later changes on-abort errors`),
  host: rooms(
    `worker relay opentelemetry index internal create-host node-ports processes threads profiler worker-url audit-file access-channel instance-ports services node`,
  ),
  web: rooms(`worker index internal create-host web-ports threads instance-ports files services page`),
  gateway: rooms(
    `index wagi create-gateway listen server gateway socket-file answering ask cgi http metrics routes options log errors`,
  ),
  inspector: rooms(
    `index internal open-inspector server sight levers detail watch page-files page missing-grant options protocol errors`,
  ),
  'plugin-sdk':
    rooms(`testing starling-process index internal fakes asc-process languages stubs build wat compare typescript
    assemblyscript world cache wasm bindgen errors wit assets files`),
  registry:
    rooms(`index internal create-registry check-options registry publisher registry-context registry-options wit install publish review lock trust sign artifact names place cache config
    oci layout disk repository errors`),
  cli: rooms(`bin run-process internal main help commands k8s registry test serve run profile dev watch window render component doctor scaffold project languages
    values parse aborted command output errors exit-codes version`),
}

/** Imports that climb, each a debt. The check fails for one that is no longer there, so the list only shrinks. */
export const climbs = {
  runtime: [],
  manifest: [],
  wasi: [],
  embed: [],
  host: [],
  web: [],
  gateway: [],
  inspector: [],
  'plugin-sdk': [],
  registry: [],
  cli: [],
}

/** Files that know each other in a circle, types included, by one of each circle. The list only shrinks as well. */
export const circles = {
  runtime: [],
  manifest: [],
  wasi: [],
  embed: [],
  host: [],
  web: [],
  gateway: [],
  inspector: [],
  'plugin-sdk': [],
  registry: [],
  cli: [],
}

function rooms(text) {
  return text.split(/\s+/)
}
