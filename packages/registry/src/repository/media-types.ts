/**
 * Media types of the [OCI image specification](https://github.com/opencontainers/image-spec/blob/v1.1.1/media-types.md)
 * and of the CNCF's Wasm OCI Artifact.
 */
export const mediaTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  /** The config of a manifest that has none: the two bytes `{}`. */
  empty: 'application/vnd.oci.empty.v1+json',
  wasmConfig: 'application/vnd.wasm.config.v0+json',
  wasm: 'application/wasm',
  /** Of an image with a file system, and of its layers. */
  imageConfig: 'application/vnd.oci.image.config.v1+json',
  tar: 'application/vnd.oci.image.layer.v1.tar',
  /** Debug information of a component, in whatever form its tools have it. */
  debug: 'application/vnd.wasm-plugin.debug.v1',
  bundle: 'application/vnd.dev.sigstore.bundle.v0.3+json',
} as const
