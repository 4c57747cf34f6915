// Which module may import which: ARCHITECTURE.md has the picture. A dependency-cruiser configuration.
const source = (name) => `^packages/${name}/(src|test)`
const built = (name) => `^packages/${name}/(src|dist|test)`

const forbidden = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

/** `from` imports none of `names`. */
const keepsOff = (from, names) =>
  forbidden(
    `${from}-keeps-off`,
    `${from} does not import ${names.join(', ')}`,
    { path: source(from) },
    {
      path: names.map(built),
    },
  )

module.exports = {
  forbidden: [
    // Types may know each other; code that runs may not go in circles.
    forbidden(
      'no-cycles',
      'modules form no cycle',
      {},
      {
        circular: true,
        viaOnly: { dependencyTypesNot: ['type-only'] },
      },
    ),
    keepsOff('runtime', [
      'manifest',
      'wasi',
      'embed',
      'host',
      'web',
      'gateway',
      'inspector',
      'plugin-sdk',
      'registry',
      'cli',
    ]),
    keepsOff('manifest', [
      'wasi',
      'embed',
      'host',
      'web',
      'gateway',
      'inspector',
      'plugin-sdk',
      'registry',
      'cli',
    ]),
    keepsOff('wasi', ['embed', 'host', 'web', 'gateway', 'inspector', 'plugin-sdk', 'registry', 'cli']),
    keepsOff('embed', ['host', 'web', 'gateway', 'inspector', 'plugin-sdk', 'registry', 'cli']),
    keepsOff('host', ['web', 'gateway', 'inspector', 'plugin-sdk', 'registry', 'cli']),
    keepsOff('web', ['gateway', 'inspector', 'plugin-sdk', 'registry', 'cli']),
    keepsOff('gateway', ['embed', 'wasi', 'web', 'inspector', 'plugin-sdk', 'registry', 'cli']),
    keepsOff('inspector', ['embed', 'wasi', 'web', 'gateway', 'plugin-sdk', 'registry', 'cli']),
    forbidden(
      'web-keeps-off-host',
      'web does not import host, but for its tests: both are the same over other ports',
      { path: '^packages/web/src/' },
      { path: built('host') },
    ),
    keepsOff('plugin-sdk', ['embed', 'web', 'gateway', 'inspector', 'registry', 'cli']),
    keepsOff('registry', ['embed', 'web', 'gateway', 'inspector', 'plugin-sdk', 'cli']),
    forbidden(
      'registry-keeps-off-host',
      'registry does not import host, but for its tests: the host takes anything that resolves names',
      { path: '^packages/registry/src/' },
      { path: built('host') },
    ),
    forbidden(
      'builds-keep-off-host',
      'of plugin-sdk only the test kit, an entry of its own, knows the host: a build does not carry a sandbox',
      { path: '^packages/plugin-sdk/src/', pathNot: '^packages/plugin-sdk/src/testing/' },
      { path: built('host') },
    ),
    forbidden(
      'builds-keep-off-test-kit',
      'nothing else in plugin-sdk reaches the host through the test kit',
      { path: '^packages/plugin-sdk/src', pathNot: '^packages/plugin-sdk/src/testing/' },
      { path: '^packages/plugin-sdk/src/testing/' },
    ),
    forbidden(
      'runtime-is-self-contained',
      'runtime/src needs no Node API and no package',
      { path: '^packages/runtime/src' },
      {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'],
      },
    ),
    forbidden(
      'runs-anywhere',
      'manifest, wasi, embed and web need no Node API: what the others take of a platform is in their ports.ts',
      { path: '^packages/(manifest|wasi|embed|web)/src' },
      { dependencyTypes: ['core'] },
    ),
    forbidden(
      'packages-meet-at-their-entries',
      'a package is imported by its name, never by a path into its sources',
      { path: '^packages/([^/]+)/' },
      { path: '^packages/[^/]+/src', pathNot: '^packages/$1/' },
    ),
    forbidden(
      'examples-use-packages',
      'an example imports what its reader can install',
      { path: '^examples/' },
      {
        path: '^packages/[^/]+/src',
      },
    ),
    forbidden(
      'sources-do-not-import-tests',
      'src never imports test',
      { path: '^packages/[^/]+/src' },
      {
        path: '^packages/[^/]+/test',
      },
    ),
    forbidden(
      'declared',
      'every imported package is in package.json',
      { path: '^packages/[^/]+/src' },
      {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'],
        // A compiler that the built code takes from its user's project, and a peer; libraries that are bundled.
        pathNot: [
          ...['/node_modules/assemblyscript/', '/node_modules/@opentelemetry/api/'],
          ...['/node_modules/zod/', '/node_modules/commander/'],
          ...['/node_modules/preact/', '/node_modules/@preact/'],
        ],
      },
    ),
    // `wasi:…` is for the engine that a plugin in JavaScript is built into, `embedded:…` is written by a build.
    forbidden(
      'resolvable',
      'every import leads somewhere',
      {},
      { couldNotResolve: true, pathNot: '^(wasi|embedded):' },
    ),
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    // What is built is not checked again, but the entries of the packages are where imports by name lead.
    exclude: {
      path: [
        'node_modules/.*/dist/',
        '^packages/[^/]+/dist/(?!(index|instance|gate|thread|wire|services|internal|testing|errors|text|names|shape|grammar/index)\\.(d\\.ts|js)$)',
        '^examples/[^/]+/dist/',
        '/generated/',
        '/fixtures/',
        '/templates/',
        // Programs of plugins, whose imports are WIT.
        '^packages/host/test/guests/',
        '^packages/.*/assembly/',
      ],
    },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
    },
  },
}
