/** Exact versions that a new project starts with; the templates are tested with these. */
export const assemblyscriptVersion = '0.28.20'
export const clangVersion = '22.0.0-git20542-10'
export const witBindgenVersion = '0.63.0'
export const componentizeQjsVersion = '0.4.5'
export const esbuildVersion = '0.27.7'
export const typescriptVersion = '5.9.3'
