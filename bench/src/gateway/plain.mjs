/** What the guest `site` answers, by `node:http` alone, as a reader of its documentation would write it. */
export function plain(request, response) {
  if (request.url === '/hello') text(response, 'text/plain; charset=utf-8', 'hello\n')
  else if (request.url === '/orders')
    collect(request, (body) => text(response, 'application/json', total(body)))
  else if (request.url === '/echo') {
    response.writeHead(200, { 'content-type': 'application/octet-stream' })
    request.pipe(response)
  } else response.writeHead(404).end()
}

function text(response, type, body) {
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body)
}

function collect(request, then) {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => then(body))
}

function total(body) {
  const { id, lines } = JSON.parse(body)
  return JSON.stringify({
    id,
    lines: lines.length,
    total: lines.reduce((sum, { price, count }) => sum + price * count, 0),
  })
}
