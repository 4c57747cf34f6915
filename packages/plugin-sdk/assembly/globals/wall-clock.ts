import { now as wallClockNow } from "./wasi-clocks/wall-clock";

// @ts-ignore: decorator
@global function cm_dateNow(): f64 {
  const time = wallClockNow();
  return <f64>(time.seconds * 1000 + time.nanoseconds / 1000000);
}
