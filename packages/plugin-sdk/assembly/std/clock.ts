// Time of day.
import { now as wallClockNow } from "../wasi-clocks/wall-clock";

/** Milliseconds since 1970-01-01T00:00:00Z. */
export function now(): i64 {
  const time = wallClockNow();
  return <i64>(time.seconds * 1000 + time.nanoseconds / 1000000);
}
