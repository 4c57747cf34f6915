/** Exact versions that a new project starts with; the templates are tested with these. */
export const assemblyscriptVersion = '0.28.20'
export const witBindgenVersion = '0.63.0'
