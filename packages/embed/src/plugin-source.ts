/**
 * A path, a `file:` or `https:` URL, a response of `fetch`, the bytes themselves, or the name of a plugin in the host's
 * registry: `acme:render@^1.2`, `oci://registry.example/acme/render:1.2.3`. `http:` is taken from this machine, and from
 * elsewhere with `integrity` alone, since anybody on the way can change what it carries.
 */
export type PluginSource = string | URL | Uint8Array | ArrayBuffer | Response
