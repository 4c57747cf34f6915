// A page by CGI, and two more that it says itself, without anything but the functions of WASI preview 1 that it needs.
@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: i32, vectors: usize, count: i32, written: usize): i32;
@external("wasi_snapshot_preview1", "environ_sizes_get")
declare function environ_sizes_get(count: usize, bytes: usize): i32;
@external("wasi_snapshot_preview1", "environ_get")
declare function environ_get(pointers: usize, buffer: usize): i32;

export function _start(): void {
  page("AssemblyScript at " + variable("PATH_INFO"));
}

/** Which of the functions is for what, as WAGI asks. */
export function _routes(): void {
  write("/about about\n/people/... people\n");
}

export function about(): void {
  page("About");
}

export function people(): void {
  page("People" + variable("PATH_INFO"));
}

function page(title: string): void {
  write("Content-Type: text/html; charset=utf-8\n\n<h1>" + title + "</h1>\n");
}

function write(text: string): void {
  const bytes = String.UTF8.encode(text);
  const vector = new StaticArray<u32>(3);
  vector[0] = changetype<usize>(bytes) as u32;
  vector[1] = bytes.byteLength as u32;
  const at = changetype<usize>(vector);
  fd_write(1, at, 1, at + 8);
}

function variable(name: string): string {
  const sizes = new StaticArray<u32>(2);
  const at = changetype<usize>(sizes);
  environ_sizes_get(at, at + 4);
  const pointers = new StaticArray<u32>(sizes[0] as i32);
  const buffer = new StaticArray<u8>(sizes[1] as i32);
  const start = changetype<usize>(buffer);
  environ_get(changetype<usize>(pointers), start);
  for (let i = 0; i < pointers.length; i++) {
    const entry = String.UTF8.decodeUnsafe(pointers[i], start + sizes[1] - pointers[i], true);
    if (entry.startsWith(name + "=")) return entry.slice(name.length + 1);
  }
  return "";
}
