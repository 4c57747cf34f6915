/**
 * Every grant against every operation, by a loaded plugin. What a cell says comes of it:
 *
 *   +  done                                    R  read-only, and reported as a denial
 *   .  nothing of the kind is there             D  denied by the error of the interface, and reported
 *   N  nothing is there, and that is reported   B  bad descriptor: open, but not for that
 */
const TABLE = `
                                 none ro rw in mem tmp http !http tcp udp dns env cfg kv io all gone less
fs-stat /d/f                     .    +  +  +  +   .   .    .     .   .   .   .   .   .  .  +   .    +
fs-open /d/f                     .    +  +  +  +   .   .    .     .   .   .   .   .   .  .  +   .    +
fs-read /d/f                     .    +  +  +  +   .   .    .     .   .   .   .   .   .  .  +   .    +
fs-hash /d/f                     .    +  +  +  +   .   .    .     .   .   .   .   .   .  .  +   .    +
fs-list /d                       .    +  +  +  +   .   .    .     .   .   .   .   .   .  .  +   .    +
fs-read-link /d/l                .    +  +  +  +   .   .    .     .   .   .   .   .   .  .  +   .    +
fs-write-to-read /d/f            .    B  B  B  B   .   .    .     .   .   .   .   .   .  .  B   .    B
fs-set-size-of-read /d/f         .    B  B  B  B   .   .    .     .   .   .   .   .   .  .  B   .    B
fs-set-times-of-read /d/f        .    B  B  B  B   .   .    .     .   .   .   .   .   .  .  B   .    B
fs-open-write /d/f               .    R  +  +  +   .   .    .     .   .   .   .   .   .  .  +   .    R
fs-create /d/new                 .    R  +  +  +   .   .    .     .   .   .   .   .   .  .  +   .    R
fs-create-for-reading /d/new2    .    R  +  +  +   .   .    .     .   .   .   .   .   .  .  +   .    R
fs-truncate /d/f                 .    R  +  +  +   .   .    .     .   .   .   .   .   .  .  +   .    R
fs-truncate-for-reading /d/f     .    R  +  +  +   .   .    .     .   .   .   .   .   .  .  +   .    R
fs-mutate-directory /d/s         .    R  +  +  +   .   .    .     .   .   .   .   .   .  .  +   .    R
fs-set-times /d/f                .    R  +  +  +   .   .    .     .   .   .   .   .   .  .  +   .    R
fs-make-directory /d/made        .    R  +  +  +   .   .    .     .   .   .   .   .   .  .  +   .    R
fs-remove-directory /d/empty     .    R  +  +  +   .   .    .     .   .   .   .   .   .  .  +   .    R
fs-unlink /d/old                 .    R  +  +  +   .   .    .     .   .   .   .   .   .  .  +   .    R
fs-symlink /d/new-link           .    R  +  +  +   .   .    .     .   .   .   .   .   .  .  +   .    R
fs-rename /d/a /d/s/a            .    R  +  +  +   .   .    .     .   .   .   .   .   .  .  +   .    R
fs-link /d/b /d/s/b              .    R  +  +  +   .   .    .     .   .   .   .   .   .  .  +   .    R
fs-read /d/in/f                  .    +  +  +  +   .   .    .     .   .   .   .   .   .  .  +   .    +
fs-list /d/in                    .    +  +  +  +   .   .    .     .   .   .   .   .   .  .  +   .    +
fs-create /d/in/new              .    R  +  R  +   .   .    .     .   .   .   .   .   .  .  +   .    R
fs-truncate /d/in/f              .    R  +  R  +   .   .    .     .   .   .   .   .   .  .  +   .    R
fs-unlink /d/in/old              .    R  +  R  +   .   .    .     .   .   .   .   .   .  .  +   .    R
fs-set-times /d/in/f             .    R  +  R  +   .   .    .     .   .   .   .   .   .  .  +   .    R
fs-rename /d/c /d/in/c           .    R  +  R  +   .   .    .     .   .   .   .   .   .  .  +   .    R
fs-rename /d/in/d /d/d           .    R  +  R  +   .   .    .     .   .   .   .   .   .  .  +   .    R
fs-link /d/in/f /d/stolen        .    R  +  R  +   .   .    .     .   .   .   .   .   .  .  +   .    R
fs-create /t/new                 .    .  .  .  .   +   .    .     .   .   .   .   .   .  .  +   .    .
fs-list /t                       .    .  .  .  .   +   .    .     .   .   .   .   .   .  .  +   .    .
fs-unlink /t/new                 .    .  .  .  .   +   .    .     .   .   .   .   .   .  .  +   .    .
fs-read /etc/passwd              .    .  .  .  .   .   .    .     .   .   .   .   .   .  .  .   .    .
http GET /pub/a                  D    D  D  D  D   D   +    +     D   D   D   D   D   D  D  +   D    +
http POST /pub/a                 D    D  D  D  D   D   D    +     D   D   D   D   D   D  D  D   D    D
http GET /pub                    D    D  D  D  D   D   D    +     D   D   D   D   D   D  D  D   D    D
http GET /secret/a               D    D  D  D  D   D   D    D     D   D   D   D   D   D  D  D   D    D
tcp-connect granted              D    D  D  D  D   D   D    D     +   D   D   D   D   D  D  +   D    D
tcp-connect other                D    D  D  D  D   D   D    D     D   D   D   D   D   D  D  D   D    D
udp-send granted                 D    D  D  D  D   D   D    D     D   +   D   D   D   D  D  +   D    D
udp-send other                   D    D  D  D  D   D   D    D     D   D   D   D   D   D  D  D   D    D
resolve granted                  D    D  D  D  D   D   D    D     D   D   +   D   D   D  D  +   D    D
resolve other                    D    D  D  D  D   D   D    D     D   D   D   D   D   D  D  D   D    D
env KEY                          .    .  .  .  .   .   .    .     .   .   .   +   .   .  .  +   .    .
env PATH                         .    .  .  .  .   .   .    .     .   .   .   .   .   .  .  .   .    .
variables                        .    .  .  .  .   .   .    .     .   .   .   +   .   .  .  +   .    .
config-get KEY                   N    N  N  N  N   N   N    N     N   N   N   N   +   N  N  +   N    N
config-get OTHER                 N    N  N  N  N   N   N    N     N   N   N   N   N   N  N  N   N    N
config-all                       .    .  .  .  .   .   .    .     .   .   .   .   +   .  .  +   .    .
store-set mine key               D    D  D  D  D   D   D    D     D   D   D   D   D   +  D  +   D    D
store-get mine key               D    D  D  D  D   D   D    D     D   D   D   D   D   +  D  +   D    D
store-exists mine key            D    D  D  D  D   D   D    D     D   D   D   D   D   +  D  +   D    D
store-list mine key              D    D  D  D  D   D   D    D     D   D   D   D   D   +  D  +   D    D
store-delete mine key            D    D  D  D  D   D   D    D     D   D   D   D   D   +  D  +   D    D
store-get other key              D    D  D  D  D   D   D    D     D   D   D   D   D   D  D  D   D    D
args                             .    .  .  .  .   .   .    .     .   .   .   .   .   .  +  +   +    +
read-line                        .    .  .  .  .   .   .    .     .   .   .   .   .   .  +  +   +    +
print x                          +    +  +  +  +   +   +    +     +   +   +   +   +   +  +  +   +    +
print-error x                    +    +  +  +  +   +   +    +     +   +   +   +   +   +  +  +   +    +
log x                            +    +  +  +  +   +   +    +     +   +   +   +   +   +  +  +   +    +
wall-clock                       +    +  +  +  +   +   +    +     +   +   +   +   +   +  +  +   +    +
sleep 1                          +    +  +  +  +   +   +    +     +   +   +   +   +   +  +  +   +    +
random                           +    +  +  +  +   +   +    +     +   +   +   +   +   +  +  +   +    +
random-bytes 32                  +    +  +  +  +   +   +    +     +   +   +   +   +   +  +  +   +    +
`

const [head = '', ...lines] = TABLE.trim().split('\n')
export const columns = head.trim().split(/\s+/)
export const rows = lines.map((line) => ({
  step: line.slice(0, 33).trim(),
  cells: line.slice(33).trim().split(/\s+/),
}))

/** What came of a step, as a cell; `denied`: whether a denial was reported. */
export function cellOf(step: string, outcome: string, denied: boolean): string {
  const cell = CELLS[outcome] ?? (outcome.startsWith('!') ? outcome : '+')
  // Nothing is what a program prints, too.
  if (cell === '.' && step.startsWith('print')) return '+'
  if (cell === '.') return denied ? 'N' : '.'
  return denied === (cell === 'R' || cell === 'D') ? cell : `${cell}, ${denied ? 'reported' : 'not reported'}`
}

const CELLS: Record<string, string> = {
  '': '.',
  '!no-grant': '.',
  '!unset': '.',
  '!read-only': 'R',
  '!bad-descriptor': 'B',
  '!access': 'D',
  '!access-denied': 'D',
  '!no-such-store': 'D',
  '!http-request-denied': 'D',
}

export const DIRECTORIES = ['in', 's', 'empty']
export const FILES = ['f', 'old', 'a', 'b', 'c', 'in/f', 'in/old', 'in/d']
