import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { freePort, startServer } from './server-process.mjs'

/** Servers of Debian that answer by CGI, by their names. */
export const cgiServerNames = ['lighttpd', 'nginx', 'apache']

/** Whether all of them are installed. */
export function hasCgiServers() {
  return Object.values(SERVERS).every(({ programs }) =>
    programs({ folder: '', file: '' }).every(([program]) => existsSync(program)),
  )
}

/**
 * Starts one that answers what is below `/page` by one program, whose name ends in `.cgi`; the folder is one that everybody may
 * enter. `undefined` where it is not installed.
 *
 * @param {string} name
 * @param {{ folder: string, program: string }} place
 * @returns {Promise<import('./server-process.mjs').RunningServer | undefined>}
 */
export async function startCgiServer(name, { folder, program }) {
  const { config, programs } = SERVERS[name]
  const file = path.join(folder, `${name}.conf`)
  const all = programs({ folder, file })
  if (!all.every(([one]) => existsSync(one))) return undefined
  const port = await freePort()
  await writeFile(file, config({ folder, program, port }))
  return startServer(port, all)
}

const isRoot = process.getuid?.() === 0

const SERVERS = {
  lighttpd: {
    config: ({ folder, program, port }) => `
server.document-root = "${folder}"
server.bind = "127.0.0.1"
server.port = ${port}
server.modules = ("mod_alias", "mod_cgi")
server.errorlog = "/dev/null"
server.breakagelog = "/dev/null"
server.max-keep-alive-requests = 100000000
alias.url = ("/page" => "${program}")
cgi.assign = (".cgi" => "")`,
    programs: ({ file }) => [['/usr/sbin/lighttpd', ['-D', '-f', file]]],
  },
  // It has no CGI of its own, but that of a program beside it.
  nginx: {
    config: ({ folder, program, port }) => `
daemon off; worker_processes 2; pid ${folder}/nginx.pid; error_log /dev/null emerg;
${isRoot ? 'user root;' : ''}
events { worker_connections 2048; }
http {
  access_log off; keepalive_requests 100000000;
  client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  server {
    listen 127.0.0.1:${port};
    location /page {
      fastcgi_split_path_info ^(/page)(.*)$;
      fastcgi_pass unix:${folder}/fcgiwrap.sock;
      fastcgi_param SCRIPT_FILENAME ${program};
      fastcgi_param SCRIPT_NAME $fastcgi_script_name;
      fastcgi_param PATH_INFO $fastcgi_path_info;
      fastcgi_param QUERY_STRING $query_string;
      fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param CONTENT_TYPE $content_type;
      fastcgi_param CONTENT_LENGTH $content_length;
      fastcgi_param SERVER_PROTOCOL $server_protocol;
      fastcgi_param SERVER_NAME $host;
      fastcgi_param SERVER_PORT $server_port;
      fastcgi_param REMOTE_ADDR $remote_addr;
      fastcgi_param GATEWAY_INTERFACE CGI/1.1;
    }
  }
}`,
    programs: ({ folder, file }) => [
      ['/usr/sbin/fcgiwrap', ['-c', '4', '-s', `unix:${folder}/fcgiwrap.sock`], `${folder}/fcgiwrap.sock`],
      ['/usr/sbin/nginx', ['-c', file]],
    ],
  },
  apache: {
    config: ({ folder, program, port }) => `
ServerRoot ${folder}
PidFile ${folder}/apache.pid
ErrorLog /dev/null
ServerName localhost
${['mpm_event', 'alias', 'cgid', 'authz_core'].map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
${isRoot ? 'User www-data\nGroup www-data' : ''}
MaxKeepAliveRequests 0
ScriptSock ${folder}/cgid.sock
Listen 127.0.0.1:${port}
ScriptAlias /page ${program}
<Directory ${folder}>
Require all granted
</Directory>`,
    programs: ({ file }) => [['/usr/sbin/apache2', ['-DFOREGROUND', '-f', file]]],
  },
}
