"""Runs real programs under a steady load, for recordings: python3 crowd.py FOLDER, in a PID namespace of its own.

Prints one JSON object: name of each program -> pid of its first process. Ends with its standard input.
"""
import json, os, shutil, socket, subprocess, sys, threading, time

FOLDER = sys.argv[1]
children = {}


def start(name, *argv, **options):
    log = open(f"{FOLDER}/{name}.log", "wb")
    children[name] = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=log, stderr=log, **options)


def write(name, text):
    path = f"{FOLDER}/{name}"
    with open(path, "w") as file:
        file.write(text)
    return path


# Node: requests make garbage that the collector fetches back. One of the two keeps a little of each.
NODE = """
const keep = process.argv[2] === 'keep' ? [] : undefined;
const cache = new Map();
let count = 0;
setInterval(() => {
  for (let i = 0; i < 20; i++) {
    const body = JSON.stringify({ id: ++count, items: Array.from({ length: 200 }, (_, n) => ({ n, text: 'x' + n })) });
    const parsed = JSON.parse(body);
    cache.set(count % 500, parsed);
    if (keep && i % 10 === 0) keep.push(parsed.items.map(({ text }) => text + count));
  }
}, 100);
"""

# Python: the same with a dictionary that is emptied, or a list that nobody empties.
PYTHON = """
import sys, time
kept, recent = [], {}
count = 0
while True:
    for _ in range(40):
        count += 1
        recent[count % 2000] = {"id": count, "text": "x" * (count % 700)}
    if sys.argv[1] == "keep":
        kept.append(bytes(bytearray(9000)))
    time.sleep(0.1)
"""

# A prefork server: the parent loads what all share, each worker makes pages its own and is replaced after a while.
PREFORK = """
import os, random, signal, time
shared = [("row %d" % n) * 8 for n in range(150000)]
workers = {}
def work(life):
    own, end, at = [], time.monotonic() + life, 0
    while time.monotonic() < end:
        at = (at + 997) % len(shared)
        own.append(shared[at].upper())
        if len(own) > 3000: own.clear()
        time.sleep(0.005)
    os._exit(0)
while True:
    while len(workers) < 4:
        pid = os.fork()
        if pid == 0: work(random.uniform(20, 60))
        workers[pid] = True
    pid, _ = os.waitpid(-1, 0)
    workers.pop(pid, None)
"""

# A JVM fills its heap with garbage, and collects it when it must.
JAVA = """
public class Fill {
  public static void main(String[] a) throws Exception {
    byte[][] live = new byte[2000][];
    for (long n = 0; ; n++) { live[(int) (n % live.length)] = new byte[4096]; if (n % 500 == 0) Thread.sleep(50); }
  }
}
"""

PAGE = """<script>
const rows = [];
setInterval(() => { rows.push({ at: Date.now(), text: 'x'.repeat(2000) }); if (rows.length > 500) rows.length = 0;
  document.title = String(rows.length); }, 50);
</script>"""


def redis_load(port):
    """New keys for ever, 120 a second."""
    time.sleep(1)
    link = socket.create_connection(("127.0.0.1", port))
    count = 0
    while True:
        for _ in range(12):
            count += 1
            key, value = b"key:%d" % count, b"v" * 700
            link.sendall(b"*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n" % (len(key), key, len(value), value))
            link.recv(64)
        time.sleep(0.1)


def start_redis(name, port, *limits):
    os.makedirs(f"{FOLDER}/{name}.d", exist_ok=True)
    start(name, "redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", f"{FOLDER}/{name}.d", *limits)
    threading.Thread(target=redis_load, args=(port,), daemon=True).start()


def start_postgres(port):
    """Four clients under pgbench at a steady rate."""
    data = f"{FOLDER}/postgres"
    shutil.chown(FOLDER, "postgres")
    as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True}
    subprocess.run([*as_postgres, "initdb", "-D", data, "-A", "trust", "--no-sync"], **quiet)
    start("postgres", *as_postgres, "postgres", "-D", data, "-p", str(port), "-k", FOLDER, "-c", "shared_buffers=64MB", "-c", "fsync=off")
    time.sleep(3)
    client = ["-h", FOLDER, "-p", str(port), "-U", "postgres", "postgres"]
    subprocess.run([*as_postgres, "pgbench", "-i", "-s", "5", "-q", *client], **quiet)
    subprocess.Popen([*as_postgres, "pgbench", "-c", "4", "-T", "3600", "-R", "40", *client], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


node, python = write("server.cjs", NODE), write("worker.py", PYTHON)
start_postgres(55432)
start("node-leak", "node", node, "keep")
start("node", "node", node, "free")
start("python-leak", sys.executable, python, "keep")
start("python", sys.executable, python, "free")
start("prefork", sys.executable, write("prefork.py", PREFORK))
start_redis("redis-leak", 56001)
start_redis("redis", 56002, "--maxmemory", "12mb", "--maxmemory-policy", "allkeys-lru")
start("java", "java", "-Xmx48m", "-XX:+UseSerialGC", write("Fill.java", JAVA))
if shutil.which("chromium"):
    page = write("page.html", PAGE)
    start("chromium", "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
          f"--user-data-dir={FOLDER}/chromium", f"file://{page}")
time.sleep(10)
print(json.dumps({name: child.pid for name, child in children.items()}), flush=True)
sys.stdin.read()
for child in children.values():
    child.terminate()
