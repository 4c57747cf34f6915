import * as cm from "./gen/cm";
import * as older from "./gen/conformance-ticks/clock";
import * as newer from "./gen/conformance-ticks/clock@0.2.0";
import { advise } from "./gen/world/advice";

export function consult(topic: string): cm.Tuple3<u32, u64, string | null> {
  return new cm.Tuple3<u32, u64, string | null>(older.now(), newer.now("ms"), advise(topic));
}
