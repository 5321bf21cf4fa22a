/** A host whose processes live and die: most stand still, some breathe, some leak; `churn` of them are replaced in each snapshot. */
export function madeUpHost({ count, interval, churn, seed = 7, uptime: from = 100_000 }) {
  const random = dice(seed);
  let pid = 1;
  let uptime = from;
  let time = 1_700_000_000_000;
  let owed = 0;
  const begin = (short) => {
    pid += 1;
    const kind = random();
    const number = Math.floor(random() * 60);
    const name = short ? `job-${number % 10}` : `service-${number}`;
    const unit = short ? 'cron.service' : `service-${number % 30}.service`;
    const cgroup = `/system.slice/${unit}`;
    const process = {
      pid,
      start: Math.floor(uptime / 10),
      startedAt: uptime,
      ppid: 1,
      name,
      exe: `/usr/bin/${name}`,
      build: 'b1',
      uid: 1000,
      user: 'app',
      cgroup,
      unit,
    };
    const anon = Math.round(2_000 + random() * 100_000);
    const file = Math.round(1_000 + random() * 8_000);
    const sort = kind < 0.6 ? 'still' : kind < 0.9 ? 'breathes' : 'leaks';
    return {
      process,
      sort,
      anon,
      base: anon,
      file,
      shmem: 0,
      cpu: 0,
      until: short ? uptime + 15_000 + random() * 1_170_000 : Infinity,
    };
  };
  const lives = Array.from({ length: count - 20 }, () => begin(false));
  for (let index = 0; index < 20; index += 1) lives.push(begin(true));
  const KIB = 1024;
  const standStill = (life) => {
    if (random() < 0.02) life.file = Math.max(500, life.file + Math.round((random() - 0.5) * 40));
    life.cpu += random() < 0.1 ? 10 : 0;
  };
  const move = (life) => {
    life.cpu += Math.round(random() * 30) * 10;
    if (life.sort === 'leaks') life.anon += Math.round(random() * 8);
    else life.anon = life.anon > life.base * 1.5 ? life.base : life.anon + Math.round(random() * life.base * 0.02);
    if (random() < 0.2) life.file = Math.max(500, life.file + Math.round((random() - 0.5) * 100));
  };
  const sampleOf = (life) => {
    if (life.sort === 'still') standStill(life);
    else move(life);
    const { anon, file, shmem, cpu } = life;
    const rss = (anon + file * 4) * KIB;
    const exact = {
      at: uptime,
      pss: (anon + file + shmem) * KIB,
      swapPss: 0,
      rss,
      uss: (anon + (file >> 2)) * KIB,
      anon: anon * KIB,
      file: file * KIB,
      shmem: 0,
      dirty: anon * KIB,
    };
    return { process: life.process, rss, cpu, threads: 4, exact, last: exact };
  };
  return {
    next() {
      uptime += interval + Math.round((random() - 0.5) * 20);
      time = 1_700_000_000_000 + uptime;
      owed += churn;
      for (let index = 0; index < lives.length; index += 1)
        if (lives[index].until < uptime) {
          lives[index] = begin(true);
          owed -= 1;
        }
      while (owed >= 1) {
        owed -= 1;
        lives[count - 20 + Math.floor(random() * 20)] = begin(true);
      }
      const memory = {
        total: 16e9,
        available: 8e9 + Math.round(random() * 1e6) * KIB,
        anon: 4e9,
        mapped: 1e9 + Math.round(random() * 100) * 4096,
        swapTotal: 0,
        swapFree: 0,
        pressure: { some10: 0, some60: 0, full10: 0, full60: 0 },
      };
      const cost = { exact: count, wall: 20 + random() * 5, longest: 1 + random(), cpu: 15 + random() * 3 };
      return { time, uptime, boot: 'made-up', host: 'made-up', memory, processes: lives.map(sampleOf), gone: 0, cost };
    },
  };
}

function dice(seed) {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}
