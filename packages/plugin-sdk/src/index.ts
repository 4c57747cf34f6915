export {
  type AssemblyScriptBindings,
  type GenerateOptions,
  generateAssemblyScript,
} from './assemblyscript/generate.js'
export { assemblyScriptComponent } from './build/assemblyscript/own-build.js'
export { findSystemClang, type SystemClang } from './build/clang/find-system.js'
export { findSystemBindgen } from './build/clang/system-bindgen.js'
export { componentPath } from './build/component-path.js'
export { refuseOutside } from './build/inside.js'
export { enginePackages } from './build/javascript/toolchain.js'
export { readMetadata } from './build/metadata.js'
export { moduleComponent } from './build/module-component.js'
export type {
  BuildMode,
  BuildProgress,
  BuildResult,
  BuildSettings,
  ComponentMetadata,
  JavaScriptEngine,
  Language,
} from './build/settings.js'
export { staleSource } from './build/stale-source.js'
export { type ComponentShape, compareWithWorld, type Difference, fitsWorld } from './compare/compare.js'
export { errors as sdkErrors, sdkErrorDocs, sdkErrorTable } from './errors/index.js'
export { fakeImports } from './fakes/fake-imports.js'
export type { ImportCall, Observer } from './fakes/observer.js'
export { generateBindings } from './languages/bindings.js'
export { build } from './languages/build.js'
export type { Bindings, BindingsRequest, LanguageSupport } from './languages/language.js'
export { detectLanguage, languageNames, languageSupport, writeStubs } from './languages/languages.js'
export { generateHostTypes } from './typescript/generate.js'
export { type Producer, type Producers, readProducers } from './wasm/producers.js'
export { assembleWat, isWat } from './wat.js'
export { type NameOf, namesIn, printFunction, printItem, printType } from './wit/print.js'
export { collectWit } from './world/collect.js'
export { type LoadWorldOptions, loadWorld } from './world/load.js'
export {
  depsOf,
  type EncodedWit,
  encodeWit,
  folderOf,
  isShipped,
  missingPackages,
} from './world/wit-package.js'
export type { TypeName, World } from './world/world.js'
