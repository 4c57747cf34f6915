/**
 * A class whose constructor, methods and static functions go through `run(call, args, options)`, in place: objects
 * that the other side makes have them too.
 */
export function wrapMembers(own, { construct, methods = {}, statics = {} }, run) {
  for (const [holder, members] of [
    [own.prototype, methods],
    [own, statics],
  ]) {
    for (const [name, options] of Object.entries(members)) {
      const member = holder[name]
      Object.defineProperty(holder, name, {
        configurable: true,
        writable: true,
        value(...args) {
          return run((converted) => member.apply(this, converted), args, options)
        },
      })
    }
  }
  return new Proxy(own, {
    construct: (target, args, newTarget) =>
      run((converted) => Reflect.construct(target, converted, newTarget), args, construct),
  })
}
