// The ranking's chart: the same hours as in the table, drawn as SVG, first part solid, rest in outline.
const place = document.getElementById("chart");
const rows = JSON.parse(place.dataset.rows);
const words = JSON.parse(place.dataset.words);
const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(name).trim();
const TEXT = 16;
const ROW = 36;

// Whole minutes to hours with one digit, cut and not rounded: as the table does it.
const hours = (minutes) => {
  const tenths = Math.floor(minutes / 6);
  return `${Math.floor(tenths / 10).toLocaleString("en")}.${tenths % 10}`;
};
const font = getComputedStyle(document.body).fontFamily;
const text = { fontFamily: font, fontSize: TEXT, color: colour("--ax-ink") };
const bar = { type: "bar", stack: "hours", barWidth: 20, silent: true, emphasis: { disabled: true } };

place.style.height = `${rows.length * ROW + 48}px`;
const chart = window.echarts.init(place, null, { renderer: "svg" });
chart.setOption({
  animation: false,
  textStyle: text,
  aria: { enabled: true, label: { description: words.told } },
  legend: { data: [words.first, words.rest], left: 0, top: 0, itemWidth: 16, itemHeight: 16, selectedMode: false, textStyle: text },
  grid: { left: 0, right: 72, top: 40, bottom: 0, containLabel: true },
  xAxis: { type: "value", show: false, max: Math.max(...rows.map((row) => row.total), 1) },
  yAxis: {
    type: "category",
    inverse: true,
    data: rows.map((row) => row.name),
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { ...text, margin: 12, interval: 0 },
  },
  series: [
    { ...bar, name: words.first, data: rows.map((row) => row.first), itemStyle: { color: colour("--ax-ink-2") } },
    {
      ...bar,
      name: words.rest,
      data: rows.map((row) => row.rest),
      itemStyle: { color: colour("--ax-sunken"), borderColor: colour("--ax-edge"), borderWidth: 1 },
    },
    {
      ...bar,
      name: "",
      data: rows.map(() => 0),
      label: { ...text, show: true, position: "right", formatter: (at) => hours(rows[at.dataIndex].total) },
    },
  ],
});
place.setAttribute("role", "img");
new ResizeObserver(() => chart.resize()).observe(place);
