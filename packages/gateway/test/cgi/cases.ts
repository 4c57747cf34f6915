import type { ServerName } from './oracle.js'

/** What a program writes, and what its client gets: from us, and from others where that is something else. */
export interface Case {
  readonly what: string
  readonly says: string
  readonly exit?: number
  readonly method?: string
  readonly ours: string
  /** Several where it is not the same each time. */
  readonly others?: Partial<Record<ServerName, string | readonly string[]>>
  /** Of the difference. */
  readonly why?: string
}

const TEXT = 'Content-Type: text/plain\n'
const hello = (more = '') => `${TEXT}${more}\nhello`
const HELLO = '200 | content-type: text/plain | "hello"'
const NONE = 'none of HTTP'
const ELSEWHERE = '302 | location: http://x.example/ | ""'
/** What an answer of a program says. */
const THERE = Buffer.from(`${TEXT}\nthere`).toString('hex')

export const cases: readonly Case[] = [
  { what: 'a type and a body', says: hello(), ours: HELLO },
  { what: 'ends of lines as in HTTP', says: 'Content-Type: text/plain\r\n\r\nhello', ours: HELLO },
  { what: 'a name in any case', says: 'content-TYPE: text/plain\n\nhello', ours: HELLO },
  {
    what: 'a body, and the head alone is asked for',
    says: hello(),
    method: 'HEAD',
    ours: '200 | content-type: text/plain | ""',
  },
  { what: 'a status', says: `Status: 404\n${TEXT}\ngone`, ours: '404 | content-type: text/plain | "gone"' },
  {
    what: 'a status with words',
    says: `Status: 404 Nothing Here\n${TEXT}\ngone`,
    ours: '404 | content-type: text/plain | "gone"',
  },
  { what: 'a status alone', says: 'Status: 404\n\n', ours: '404 | ""' },
  { what: 'a status without a body', says: 'Status: 204\n\n', ours: '204 | ""' },
  {
    what: 'a status of what has not changed',
    says: 'Status: 304\nETag: "a"\n\n',
    ours: '304 | etag: "a" | ""',
  },
  {
    what: 'a status that is no number',
    says: `Status: abc\n${hello()}`,
    ours: '502',
    others: { apache: '500' },
    why: 'a mistake of what is behind the server is 502',
  },
  {
    what: 'a status of two digits',
    says: `Status: 99\n${hello()}`,
    ours: '502',
    others: { apache: '500' },
    why: 'a mistake of what is behind the server is 502',
  },
  {
    what: 'an informational status',
    says: `Status: 101\n${hello()}`,
    ours: '502',
    others: {
      lighttpd: '101 | content-type: text/plain | ""',
      nginx: '101 | content-type: text/plain | ""',
      apache: '101 | content-type: text/plain | ""',
    },
    why: 'no answer follows, and 101 gives the connection away',
  },
  {
    what: 'a status beyond those of HTTP',
    says: `Status: 600\n${hello()}`,
    ours: '502',
    others: {
      lighttpd: '600 | content-type: text/plain | "hello"',
      nginx: '600 | content-type: text/plain | "hello"',
      apache: '600 | content-type: text/plain | "hello"',
    },
    why: 'clients have no rule for it',
  },
  {
    what: 'two statuses',
    says: `Status: 404\nStatus: 200\n${hello()}`,
    ours: '502',
    others: { lighttpd: HELLO, nginx: '404 | content-type: text/plain | "hello"', apache: HELLO },
    why: 'each server takes another one: a field of CGI is there once',
  },
  {
    what: 'a place elsewhere',
    says: 'Location: http://x.example/\n\n',
    ours: ELSEWHERE,
    others: {
      apache:
        '302 | content-type: text/html; charset=iso-8859-1 | location: http://x.example/ | its own text',
    },
    why: 'a program that writes no document has none',
  },
  {
    what: 'a place here',
    says: `Location: /page?0.${THERE}\n\n`,
    ours: `302 | location: /page?0.${THERE} | ""`,
    others: { apache: '200 | content-type: text/plain | "there"' },
    why: 'the client asks again, as with most servers: a request of the server itself would pass by the log and by limits',
  },
  {
    what: 'a place and a status',
    says: 'Status: 307\nLocation: http://x.example/\n\n',
    ours: '307 | location: http://x.example/ | ""',
  },
  {
    what: 'a place and a document',
    says: `Status: 302\nLocation: http://x.example/\n${TEXT}\nthere`,
    ours: '302 | content-type: text/plain | location: http://x.example/ | "there"',
  },
  {
    what: 'no head',
    says: 'hello',
    ours: '502',
    others: { lighttpd: '200 | "hello"', apache: '500' },
    why: 'half of a head would be a body',
  },
  {
    what: 'a head without an end',
    says: TEXT,
    ours: '502',
    // As the end of the output is seen with it, or after it.
    others: { lighttpd: ['500', '200 | "Content-Type: text/plain\\n"'], apache: '500' },
    why: 'a mistake of what is behind the server is 502',
  },
  {
    what: 'a line without a colon',
    says: hello('hello\n'),
    ours: HELLO,
    others: { nginx: '200 | content-type: text/plain | hello:  | "hello"', apache: '500' },
    why: 'old programs write such, and it is no field',
  },
  { what: 'fields and no type', says: 'X-A: 1\n\nhello', ours: '200 | x-a: 1 | "hello"' },
  {
    what: 'a head with nothing in it',
    says: '\nhello',
    ours: '200 | "hello"',
    others: { nginx: '502' },
    why: 'it has its end, and is refused as one of WAGI',
  },
  {
    what: 'nothing',
    says: '',
    ours: '502',
    others: { lighttpd: '500', apache: '500' },
    why: 'a mistake of what is behind the server is 502',
  },
  {
    what: 'nothing, and fails',
    says: '',
    exit: 3,
    ours: '500',
    others: { nginx: '502' },
    why: 'a program that says that it failed has failed',
  },
  {
    what: 'an answer, and fails',
    says: hello(),
    exit: 3,
    ours: '500',
    others: { lighttpd: HELLO, nginx: HELLO, apache: HELLO },
    why: 'nothing was sent yet, and what failed may have written half of what it meant to',
  },
  {
    what: 'two cookies',
    says: hello('Set-Cookie: a=1\nSet-Cookie: b=2\n'),
    ours: '200 | content-type: text/plain | set-cookie: a=1 | set-cookie: b=2 | "hello"',
  },
  {
    what: 'two of a field',
    says: hello('X-A: 1\nX-A: 2\n'),
    ours: '200 | content-type: text/plain | x-a: 1 | x-a: 2 | "hello"',
    others: { apache: '200 | content-type: text/plain | x-a: 1, 2 | "hello"' },
    why: 'it is the same to clients, and as the program wrote it',
  },
  {
    what: 'two types',
    says: hello('Content-Type: text/html\n'),
    ours: '502',
    others: {
      lighttpd: '200 | content-type: text/html | content-type: text/plain | "hello"',
      nginx: '200 | content-type: text/html | "hello"',
      apache: '200 | content-type: text/html | "hello"',
    },
    why: 'a browser would take one, and what looks at the answer on its way the other',
  },
  {
    what: 'fields of the connection',
    says: hello('Connection: close\nKeep-Alive: timeout=1\nUpgrade: x\n'),
    ours: HELLO,
    others: {
      lighttpd: '200 | content-type: text/plain | upgrade: x | "hello"',
      nginx: '200 | content-type: text/plain | upgrade: x | "hello"',
      apache: '200 | content-type: text/plain | upgrade: x | "hello"',
    },
    why: 'the connection is of the server, and `upgrade` is about it',
  },
  {
    what: 'an encoding of the transfer',
    says: hello('Transfer-Encoding: chunked\n').replace(/hello$/, '5\r\nhello\r\n0\r\n\r\n'),
    ours: '200 | content-type: text/plain | "5\\r\\nhello\\r\\n0\\r\\n\\r\\n"',
    others: { lighttpd: HELLO },
    why: 'how bytes are sent is of the server: a program may not say where an answer ends',
  },
  { what: 'the length', says: hello('Content-Length: 5\n'), ours: HELLO },
  {
    what: 'too small a length',
    says: hello('Content-Length: 3\n'),
    ours: '502',
    others: {
      lighttpd: '200 | content-type: text/plain | "hel"',
      nginx: '200 | content-type: text/plain | "hel"',
      apache: HELLO,
    },
    why: 'nobody takes a part for the whole',
  },
  {
    what: 'too large a length',
    says: hello('Content-Length: 9\n'),
    ours: '502',
    others: {
      lighttpd: '200 | content-type: text/plain | "hello…"',
      nginx: '200 | content-type: text/plain | "hello…"',
      apache: HELLO,
    },
    why: 'nothing was sent yet, so that the client can be told',
  },
  {
    what: 'a length that is no number',
    says: hello('Content-Length: x\n'),
    ours: '502',
    others: { lighttpd: NONE, nginx: HELLO, apache: HELLO },
    why: 'where an answer ends has one answer',
  },
  {
    what: 'a name with a space',
    says: hello('X A: 1\n'),
    ours: '502',
    others: { lighttpd: NONE, apache: '500' },
    why: 'a mistake of what is behind the server is 502',
  },
  {
    what: 'a value with a control character',
    says: hello('X-A: a\x01b\n'),
    ours: '502',
    others: { lighttpd: NONE, nginx: NONE, apache: '500' },
    why: 'a mistake of what is behind the server is 502',
  },
  {
    what: 'a value with a carriage return',
    says: hello('X-A: a\rSet-Cookie: b\n'),
    ours: '502',
    others: {
      lighttpd: NONE,
      nginx: '200 | content-type: text/plain | set-cookie: b | x-a: a | "hello"',
      apache: '200 | content-type: text/plain | x-a: aSet-Cookie: b | "hello"',
    },
    why: 'what is a value here is a field elsewhere',
  },
  {
    what: 'a value of bytes',
    says: hello('X-A: \xe4\n'),
    ours: '200 | content-type: text/plain | x-a: ä | "hello"',
  },
  {
    what: 'a line that goes on',
    says: hello('X-A: a\n b\n'),
    ours: '200 | content-type: text/plain | x-a: a | "hello"',
    others: { nginx: '502', apache: '500' },
    why: 'CGI has no such lines, and one without a colon is no field',
  },
  {
    what: 'a head of HTTP',
    says: `HTTP/1.1 201 Created\n${hello()}`,
    ours: HELLO,
    others: { lighttpd: '201 | content-type: text/plain | "hello"', apache: '500' },
    why: 'a line without a colon is no field: the status of CGI is `Status`',
  },
  {
    what: 'an empty value',
    says: hello('X-A:\n'),
    ours: '200 | content-type: text/plain | x-a:  | "hello"',
    others: { lighttpd: HELLO },
    why: 'a field may be empty',
  },
]

/** What a program is told of a request. */
export const REQUEST = {
  path: '/page/a%20b/c?x=1&y',
  method: 'POST',
  body: 'body',
  headers: [
    ...['Content-Type', 'text/x', 'Content-Length', '4', 'Proxy', 'http://evil', 'Authorization', 'Basic x'],
    ...['X-Twice', '1', 'X-Twice', '2', 'X_Under', 'u', 'X-Dashed', 'd', 'X-Empty', ''],
    ...['Cookie', 'a=1', 'Cookie', 'b=2', 'TE', 'trailers', 'Accept', '*/*'],
  ],
}

export const VARIABLES = {
  AUTH_TYPE: '',
  CONTENT_LENGTH: '4',
  CONTENT_TYPE: 'text/x',
  GATEWAY_INTERFACE: 'CGI/1.1',
  PATH_INFO: '/a b/c',
  QUERY_STRING: 'x=1&y',
  REMOTE_ADDR: '127.0.0.1',
  REQUEST_METHOD: 'POST',
  SCRIPT_NAME: '/page',
  SERVER_NAME: '127.0.0.1',
  SERVER_PROTOCOL: 'HTTP/1.1',
  HTTP_ACCEPT: '*/*',
  HTTP_COOKIE: 'a=1; b=2',
  HTTP_X_DASHED: 'd',
  HTTP_X_EMPTY: '',
  HTTP_X_TWICE: '1, 2',
}

/** What others have in another way; `undefined` is not there. */
export const OTHER_VARIABLES: Record<ServerName, Record<string, string | undefined>> = {
  lighttpd: {
    // WAGI has it always.
    AUTH_TYPE: undefined,
    // Programs may log what they are given, so secrets of the client are not for them.
    HTTP_AUTHORIZATION: 'Basic x',
    // Of the connection, which is the server's.
    HTTP_CONNECTION: 'close',
    HTTP_TE: 'trailers',
    HTTP_X_EMPTY: undefined,
    // The variable could stand for that of another field, which a proxy in front has looked at.
    HTTP_X_UNDER: 'u',
  },
  nginx: {
    AUTH_TYPE: undefined,
    HTTP_AUTHORIZATION: 'Basic x',
    HTTP_CONNECTION: 'close',
    // The first of several alone.
    HTTP_COOKIE: 'a=1',
    HTTP_X_TWICE: '1',
    // Where programs look for the proxy that they are to use.
    HTTP_PROXY: 'http://evil',
    HTTP_TE: 'trailers',
  },
  apache: {
    AUTH_TYPE: undefined,
    HTTP_CONNECTION: 'close',
    // No list of cookies has commas.
    HTTP_COOKIE: 'a=1, b=2',
    HTTP_TE: 'trailers',
  },
}
