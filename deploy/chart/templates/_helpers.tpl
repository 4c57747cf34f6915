{{- define "wasm-plugin.name" -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "wasm-plugin.selector" -}}
app.kubernetes.io/name: wasm-plugin
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "wasm-plugin.labels" -}}
{{ include "wasm-plugin.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
{{- end -}}

{{- define "wasm-plugin.isApplication" -}}
{{- if .Values.application.image -}}yes{{- end -}}
{{- end -}}

{{- define "wasm-plugin.port" -}}
{{- if include "wasm-plugin.isApplication" . -}}{{ .Values.application.port }}{{- else -}}8080{{- end -}}
{{- end -}}

{{/* The file of routes. */}}
{{- define "wasm-plugin.routes" -}}
{{- $own := .Values.gateway -}}
{{- $listen := list (dict "port" 8080 "host" "0.0.0.0") -}}
{{- $metrics := dict "port" 9090 "host" "0.0.0.0" -}}
{{- dict "listen" $listen "metrics" $metrics "routes" $own.routes "trustedProxies" $own.trustedProxies "limits" $own.limits "drainMs" (mul $own.drainSeconds 1000) | toPrettyJson -}}
{{- end -}}

{{/* Files that the client opens, by their names. It follows no links, which a ConfigMap is made of: each is mounted alone. */}}
{{- define "wasm-plugin.files" -}}
{{- $files := dict "wasm-plugin.lock" .Values.plugins.lock -}}
{{- with .Values.plugins.trust -}}{{- $_ := set $files "wasm-plugin.trust.json" . -}}{{- end -}}
{{- with .Values.plugins.registries -}}{{- $_ := set $files "wasm-plugin.registries.toml" . -}}{{- end -}}
{{- with .Values.plugins.authorities -}}{{- $_ := set $files "authorities.pem" . -}}{{- end -}}
{{- range $name, $text := .Values.plugins.keys -}}{{- $_ := set $files $name $text -}}{{- end -}}
{{- if not (include "wasm-plugin.isApplication" .) -}}{{- $_ := set $files "routes.json" (include "wasm-plugin.routes" .) -}}{{- end -}}
{{- toJson $files -}}
{{- end -}}

{{- define "wasm-plugin.mounts" -}}
{{- range $name, $text := include "wasm-plugin.files" . | fromJson }}
- { name: files, mountPath: {{ printf "/srv/plugins/%s" $name | quote }}, subPath: {{ $name | quote }}, readOnly: true }
{{- end }}
{{- end -}}

{{- define "wasm-plugin.image" -}}
{{- $image := required "image.repository: an image with Node and @wasm-plugin/cli in it" .Values.image.repository -}}
{{- printf "%s:%s" $image (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}

{{- define "wasm-plugin.container" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end -}}
