{{/*
What of patterns of the network a NetworkPolicy can say, as `wasm-plugin k8s manifest` does: addresses, ports and protocols. A
name becomes every public address, and private ones where a grant has them. What cannot be read is refused.
*/}}
{{- define "wasm-plugin.egress" -}}
{{- $rules := dict -}}
{{- $named := false -}}
{{- range .grants -}}
  {{- $private := .private -}}
  {{- range .patterns -}}
    {{- if not (hasPrefix "!" .) -}}
      {{- if not (regexMatch "^([A-Z][A-Z-]* )?(https?|tcp|udp|dns)://[^/\\s?#@\\\\]+(/[^\\s?#\\\\]*)?$" .) -}}
        {{- fail (printf "%s is no pattern of the network: [METHOD ]scheme://host[:port][/path]" (quote .)) -}}
      {{- end -}}
      {{- $scheme := regexFind "(https?|tcp|udp|dns)://" . | trimSuffix "://" -}}
      {{- $authority := regexReplaceAll "^([A-Z][A-Z-]* )?[a-z]+://([^/]+).*$" . "${2}" -}}
      {{- $port := regexFind ":([0-9]{1,5}|\\*)$" $authority -}}
      {{- $host := trimSuffix $port $authority | lower -}}
      {{- $port = trimPrefix ":" $port | default (get (dict "http" "80" "https" "443" "dns" "*") $scheme) -}}
      {{- if not $port -}}{{- fail (printf "%s needs a port" (quote .)) -}}{{- end -}}
      {{- $protocol := ternary "UDP" "TCP" (eq $scheme "udp") -}}
      {{- $peers := list -}}
      {{- if or (eq $host "localhost") (hasSuffix ".localhost" $host) (hasPrefix "127." $host) (eq $host "[::1]") -}}
      {{- else if regexMatch "^[0-9]{1,3}(\\.[0-9]{1,3}){3}$" $host -}}
        {{- $peers = list (dict "ipBlock" (dict "cidr" (printf "%s/32" $host))) -}}
      {{- else if regexMatch "^\\[[0-9a-f:.]+\\]$" $host -}}
        {{- $peers = list (dict "ipBlock" (dict "cidr" (printf "%s/128" (trimAll "[]" $host)))) -}}
      {{- else if regexMatch "^(\\*\\.)?[a-z0-9_-]+(\\.[a-z0-9_-]+)*$" $host -}}
        {{- $named = true -}}
        {{- $except := list "10.0.0.0/8" "100.64.0.0/10" "127.0.0.0/8" "168.63.129.16/32" "169.254.0.0/16" "172.16.0.0/12" "192.168.0.0/16" -}}
        {{- $peers = list (dict "ipBlock" (dict "cidr" "0.0.0.0/0" "except" $except)) (dict "ipBlock" (dict "cidr" "2000::/3")) -}}
        {{- range $private -}}{{- $peers = append $peers (dict "ipBlock" (dict "cidr" .)) -}}{{- end -}}
      {{- else -}}
        {{- fail (printf "%s has a host that cannot be read" (quote .)) -}}
      {{- end -}}
      {{- if and $peers (ne $scheme "dns") -}}
        {{- $ports := dict "protocol" $protocol -}}
        {{- if ne $port "*" -}}{{- $_ := set $ports "port" (int $port) -}}{{- end -}}
        {{- $_ := set $rules (printf "%s %s %s" (toJson $peers) $protocol $port) (dict "to" $peers "ports" (list $ports)) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $all := list -}}
{{- if $named -}}
  {{- $dns := dict "namespaceSelector" (dict "matchLabels" (dict "kubernetes.io/metadata.name" "kube-system")) "podSelector" (dict "matchLabels" (dict "k8s-app" "kube-dns")) -}}
  {{- $all = append $all (dict "to" (list $dns) "ports" (list (dict "protocol" "TCP" "port" 53) (dict "protocol" "UDP" "port" 53))) -}}
{{- end -}}
{{- range $key := keys $rules | sortAlpha -}}{{- $all = append $all (get $rules $key) -}}{{- end -}}
{{- toJson (dict "egress" $all) -}}
{{- end -}}

{{/* The grants of all routes, or of the application, and what installing needs: each with the private addresses of its names. */}}
{{- define "wasm-plugin.grants" -}}
{{- $lock := required "plugins.lock: the file wasm-plugin.lock of the application" .Values.plugins.lock | mustFromJson -}}
{{- $install := .Values.networkPolicy.install -}}
{{- range $name, $plugin := $lock.plugins | default dict -}}
  {{- if hasPrefix "dir:" $plugin.registry -}}
    {{- fail (printf "%s is locked in a folder, which no pod has: `wasm-plugin mirror` it to a registry, and install it from there" $name) -}}
  {{- end -}}
  {{- $install = append $install (printf "https://%s" $plugin.registry) -}}
{{- end -}}
{{- $grants := list (dict "patterns" $install "private" list) -}}
{{- if include "wasm-plugin.isApplication" . -}}
  {{- $grants = append $grants (dict "patterns" .Values.application.net "private" list) -}}
{{- else -}}
  {{- range .Values.gateway.routes -}}
    {{- $net := dig "grants" "net" list . -}}
    {{- if kindIs "slice" $net -}}
      {{- $grants = append $grants (dict "patterns" $net "private" list) -}}
    {{- else -}}
      {{- $grants = append $grants (dict "patterns" ($net.allow | default list) "private" ($net.privateAddresses | default list)) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- toJson (dict "grants" $grants) -}}
{{- end -}}
