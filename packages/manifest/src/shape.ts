// Of zod, what describes data in our packages. It is bundled, and here they share one copy of it.

export type { infer, ZodMiniType } from 'zod/mini'
export {
  array,
  boolean,
  custom,
  enum,
  instanceof,
  int,
  literal,
  looseObject,
  maximum,
  maxLength,
  minimum,
  minLength,
  nonnegative,
  number,
  optional,
  positive,
  record,
  refine,
  regex,
  strictObject,
  string,
  union,
  unknown,
} from 'zod/mini'
export { checkShape, type Issue } from './issue.js'
