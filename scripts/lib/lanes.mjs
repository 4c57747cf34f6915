/** Takes the items in their order, so many at a time. What fails lets those that have begun end, then fails itself. */
export async function inLanes(lanes, items, step) {
  const left = [...items]
  const lane = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await step(item)
  }
  const ends = await Promise.allSettled(Array.from({ length: lanes }, lane))
  const failed = ends.find(({ status }) => status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
