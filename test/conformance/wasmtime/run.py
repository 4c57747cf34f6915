"""Runs call scripts on a component in wasmtime. JSON on stdin: { component, scripts: [[call]] } or { component, wasi,
call }; JSON on stdout. Values are in the form that ../src/values.ts describes."""

import json
import sys

import wasmtime
from wasmtime import component as wc

from host import Host
from values import Handles, from_json, to_json

engine = wasmtime.Engine()


def main():
    # JSON is UTF-8 whatever the locale of the machine says.
    request = json.loads(sys.stdin.buffer.read())
    # Compiling validates, with the validator of wasm-tools.
    component = wc.Component.from_file(engine, request["component"])
    if "wasi" in request:
        answer = report(component, **request["wasi"])
    else:
        answer = [run_script(component, script) for script in request["scripts"]]
    sys.stdout.write(json.dumps(answer))


def run_script(component, calls):
    """A fresh instance, the calls one after the other: for each its answer, and what the host heard meanwhile."""
    store = wasmtime.Store(engine)
    store.set_wasi(wasmtime.WasiConfig())
    handles = Handles()
    host = Host()
    linker = wc.Linker(engine)
    linker.add_wasip2()
    host.define(linker, component.type.imports(engine))
    instance = linker.instantiate(store, component)
    answers = []
    for name, args in calls:
        answer = call(store, instance, handles, host, name, args)
        answers.append({"answer": answer, "heard": host.heard[:]})
        host.heard.clear()
    return answers


def call(store, instance, handles, host, name, args):
    if name == "drop":
        handles.take(args[0]).drop(store)
        return None
    func = instance.get_func(store, index_of(store, instance, name))
    signature = func.type(store)
    values = [from_json(ty, arg, handles, host) for (_, ty), arg in zip(signature.params, args)]
    try:
        value = func(store, *values)
    except wasmtime.WasmtimeError:
        return {"trap": True}
    return None if signature.result is None else to_json(store, signature.result, value, handles, host)


def index_of(store, instance, name):
    """`interface#function`, or `function` for one of the world."""
    interface, _, member = name.rpartition("#")
    parent = instance.get_export_index(store, interface) if interface else None
    index = instance.get_export_index(store, member, parent)
    if index is None:
        raise ValueError(f"the component does not export {name}")
    return index


def report(component, call, args, env, dirs, stdout):
    """Calls one function under WASI grants; what it prints goes to the file `stdout`."""
    config = wasmtime.WasiConfig()
    config.argv = args
    config.env = env.items()
    config.stdout_file = stdout
    for folder in dirs:
        config.preopen_dir(folder["path"], folder["at"], folder["access"] == "read-write")
    store = wasmtime.Store(engine)
    store.set_wasi(config)
    linker = wc.Linker(engine)
    linker.add_wasip2()
    instance = linker.instantiate(store, component)
    instance.get_func(store, call)(store)


main()
