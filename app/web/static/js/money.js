// Amounts as one types them: thousands set apart, and the Chinese capitals beside the field before one signs.
const DIGITS = "零壹贰叁肆伍陆柒捌玖";
const PLACES = ["", "拾", "佰", "仟"];
const GROUPS = ["", "万", "亿", "万亿"];
const AMOUNT = /^(\d{1,12})(?:\.(\d{1,2}))?$/;

function group(number) {
  let text = "";
  let gap = false;
  for (let place = 3; place >= 0; place -= 1) {
    const digit = Math.floor(number / 10 ** place) % 10;
    if (digit === 0) {
      gap = text !== "";
    } else {
      text += (gap ? "零" : "") + DIGITS[digit] + PLACES[place];
      gap = false;
    }
  }
  return text;
}

function integer(number) {
  const groups = [];
  for (let rest = number; rest > 0; rest = Math.floor(rest / 10000)) groups.push(rest % 10000);
  let text = "";
  let gap = false;
  for (let index = groups.length - 1; index >= 0; index -= 1) {
    const value = groups[index];
    if (value === 0) {
      gap = text !== "";
    } else {
      if (text !== "" && (gap || value < 1000)) text += "零";
      text += group(value) + GROUPS[index];
      gap = false;
    }
  }
  return text;
}

// The same rule as on the server, which has the last word. `digits` like "1280.50"; "" for what is no amount.
export function capitals(digits) {
  const match = AMOUNT.exec(digits);
  if (match === null) return "";
  const yuan = Number(match[1]);
  const cents = Number((match[2] ?? "").padEnd(2, "0"));
  const [jiao, fen] = [Math.floor(cents / 10), cents % 10];
  let text = yuan > 0 ? `${integer(yuan)}元` : "";
  if (cents === 0) return `${text || "零元"}整`;
  if (jiao > 0) text += `${DIGITS[jiao]}角`;
  else if (yuan > 0) text += "零";
  return text + (fen > 0 ? `${DIGITS[fen]}分` : "整");
}

export function grouped(digits) {
  const [yuan, cents] = digits.split(".");
  const whole = yuan.replace(/^0+(?=\d)/, "").replace(/\B(?=(\d{3})+$)/g, ",");
  return cents === undefined ? whole : `${whole}.${cents}`;
}

function watch(field) {
  const said = document.getElementById(field.dataset.capitals);
  const show = () => {
    const digits = field.value.replace(/[, ]/g, "");
    if (said) said.textContent = capitals(digits);
    return AMOUNT.test(digits) ? digits : null;
  };
  field.addEventListener("input", show);
  field.addEventListener("change", () => {
    const digits = show();
    if (digits !== null) field.value = grouped(digits);
  });
  show();
}

if (typeof document !== "undefined") document.querySelectorAll("input[data-capitals]").forEach(watch);
