"""What the plugins import: the same behaviour as in ../src/host.ts."""

import wasmtime
from wasmtime import component as wc

from values import from_json, to_json

ENTRY = 1
JOURNAL = "conformance:kit/journal@1.2.3"

# By the names in the component, in terms of JSON; what is missing here gives its argument back.
ANSWERS = {
    "log": lambda message: None,
    "advice#advise": lambda about: None if about == "" else {"some": f"about {about}"},
    "conformance:ticks/clock@0.1.0#now": lambda: 41,
    "conformance:ticks/clock@0.2.0#now": lambda unit: str(2**40 + len(unit)),
    "conformance:kit/values@1.2.3#nothing": lambda: None,
}


class Host:
    def __init__(self):
        self.heard = []
        self.entry_type = wc.ResourceType.host(ENTRY)
        self.entries = {}
        self.next = 1
        self.journal = f"{JOURNAL}#"

    def define(self, linker, imports):
        with linker.root() as root:
            for name, extern in imports.items():
                ty = extern.ty
                if name.startswith("wasi:"):
                    continue
                if name == "entry":
                    # The world's own, and no journal is there.
                    self.journal = ""
                    self.define_entry(root)
                elif name == "archive":
                    root.add_func(name, lambda store, entry: self.archive(store, entry))
                elif name.startswith("["):
                    continue
                elif isinstance(ty, wc.FuncType):
                    root.add_func(name, self.function(name, ty))
                elif name == JOURNAL:
                    with root.add_instance(name) as instance:
                        self.define_journal(instance)
                elif isinstance(ty, wc.ComponentInstanceType):
                    with root.add_instance(name) as instance:
                        for member, item in ty.exports(linker.engine).items():
                            if isinstance(item.ty, wc.FuncType):
                                instance.add_func(member, self.function(f"{name}#{member}", item.ty))

    def function(self, name, ty):
        params = [part for _, part in ty.params]
        result = ty.result

        def called(store, *args):
            given = [to_json(store, part, arg, None, self) for part, arg in zip(params, args)]
            self.heard.append([name, *given])
            answer = ANSWERS.get(name, lambda *same: same[0] if len(same) == 1 else list(same))(*given)
            return None if result is None else from_json(result, answer, None, self)

        return called

    def define_journal(self, instance):
        self.define_entry(instance)
        instance.add_func("size", lambda store, entry: self.size(store, entry))
        instance.add_func("archive", lambda store, entry: self.archive(store, entry))

    def define_entry(self, instance):
        instance.add_resource("entry", self.entry_type, lambda store, rep: self.drop(rep))
        instance.add_func("[constructor]entry", lambda store, title: self.create(title, "[constructor]entry"))
        instance.add_func("[method]entry.append", lambda store, entry, line: self.append(store, entry, line))
        instance.add_func("[method]entry.text", lambda store, entry: self.text(store, entry))
        instance.add_func("[static]entry.open", lambda store, title: self.open(title))

    def create(self, title, heard=None):
        if heard is not None:
            self.hear(heard, title)
        rep = self.next
        self.next += 1
        self.entries[rep] = (title, [])
        return wc.ResourceHost.own(rep, ENTRY)

    def open(self, title):
        self.hear("[static]entry.open", title)
        if title == "":
            return wc.Variant("err", "an entry needs a title")
        return wc.Variant("ok", self.create(title))

    def append(self, store, entry, line):
        title, lines = self.entry(store, entry)
        self.hear("[method]entry.append", title, line)
        lines.append(line)
        return len(lines)

    def text(self, store, entry):
        title, lines = self.entry(store, entry)
        self.hear("[method]entry.text", title)
        return "\n".join(lines)

    def size(self, store, entry):
        title, lines = self.entry(store, entry)
        self.hear("size", title)
        return len("\n".join(lines).encode())

    def archive(self, store, entry):
        title, lines = self.entries.pop(entry.to_host(store).rep)
        self.hear("archive", title)
        return f"{title}: {len(lines)}"

    def drop(self, rep):
        title, _ = self.entries.pop(rep)
        self.hear("[drop]entry", title)

    def entry(self, store, entry):
        return self.entries[entry.to_host(store).rep]

    def title(self, entry, owned):
        return (self.entries.pop(entry.rep) if owned else self.entries[entry.rep])[0]

    def lend(self, title, owned):
        entry = self.create(title)
        return entry if owned else wc.ResourceHost.borrow(entry.rep, ENTRY)

    def hear(self, name, *args):
        self.heard.append([f"{self.journal}{name}", *args])
