#include "tools/campaign_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tools/sim_report.hpp"

namespace snowflk::tools {
namespace {

// The policy forbids the page whatever is not in it.
constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>snowflk campaign</title>
<style>
:root { color-scheme: light dark; --line: #8884; --bad: #c22; --good: #282; --soft: #8882; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em; }
h1 { font-size: 1.4em; } h2 { font-size: 1.15em; margin-top: 2em; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .3em .8em .3em 0; text-align: left;
 vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.bad { color: var(--bad); font-weight: 600; } .good { color: var(--good); font-weight: 600; }
code { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
.command { background: var(--soft); border-radius: 4px; display: flex; gap: .6em;
 justify-content: space-between; margin: .2em 0; padding: .25em .5em; }
.command code { user-select: all; }
button { font: inherit; font-size: 12px; }
section.kind { border: 1px solid var(--line); border-radius: 6px; margin: 1em 0;
 padding: 0 1em .6em; }
dl { display: grid; gap: .1em 1em; grid-template-columns: max-content auto; margin: .5em 0; }
dt { opacity: .7; } dd { margin: 0; }
@media (prefers-color-scheme: dark) { :root { --bad: #f77; --good: #7c7; } }
</style>
</head>
<body>
)";

// Without a secure context a page may not touch the clipboard: then the text is marked for it.
constexpr std::string_view kTail = R"(<script>
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const code = button.parentElement.querySelector("code");
  const range = document.createRange();
  range.selectNodeContents(code);
  const selection = getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  let copied = false;
  try {
    await navigator.clipboard.writeText(code.textContent);
    copied = true;
  } catch {
    copied = document.execCommand("copy");
  }
  button.textContent = copied ? "copied" : "marked";
  setTimeout(() => { button.textContent = "copy"; }, 1500);
});
</script>
</body>
</html>
)";

std::string command(std::string_view text) {
  return fmt::format(
      "<div class=\"command\"><code>{}</code><button type=\"button\" "
      "data-copy>copy</button></div>\n",
      escape_html(text));
}

std::string seconds(u64 nanoseconds) {
  const u64 tenths = nanoseconds / 100'000'000;
  return fmt::format("{}.{} s", tenths / 10, tenths % 10);
}

u64 per_second(u64 count, u64 nanoseconds) {
  const u64 ms = nanoseconds / 1'000'000;
  return ms == 0 ? 0 : count * 1000 / ms;
}

std::string scenario_text(const ShardIdentity& identity) {
  const std::string mode = identity.mode == "scenario" ? std::string{} : " --mode " + identity.mode;
  return escape_html(identity.scenario + mode);
}

ShardTotals total_of(const std::vector<CampaignSum>& campaigns, u64& not_run) {
  ShardTotals total;
  for (const CampaignSum& campaign : campaigns) {
    total.ran += campaign.totals.ran;
    total.passed += campaign.totals.passed;
    total.failed += campaign.totals.failed;
    total.twice += campaign.totals.twice;
    total.events += campaign.totals.events;
    total.wall_ns += campaign.totals.wall_ns;
    total.excused += campaign.totals.excused;
    total.undecided += campaign.totals.undecided;
    not_run += campaign.not_run;
  }
  return total;
}

std::string heading(const std::vector<CampaignSum>& campaigns) {
  u64 not_run = 0;
  const ShardTotals total = total_of(campaigns, not_run);
  std::string html = "<h1>snowflk campaign: ";
  if (total.failed > 0) {
    html +=
        fmt::format("<span class=\"bad\">{} of {} seeds failed</span>", total.failed, total.ran);
  } else {
    html += fmt::format("<span class=\"good\">{} seeds passed</span>", total.passed);
  }
  if (not_run > 0) html += fmt::format(", {} not run yet", not_run);
  html += "</h1>\n<dl>";
  const auto row = [&](std::string_view name, const std::string& value) {
    html += fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, value);
  };
  row("seeds", fmt::format("{} run, {} passed, {} failed", total.ran, total.passed, total.failed));
  row("excused", fmt::format("{} of those that passed: no cluster could have come to rest there, "
                             "and a certificate proves it",
                             total.excused));
  row("undecided", fmt::format("{} of those that passed: the search for an order of what clients "
                               "saw was cut, and the log alone has judged it",
                               total.undecided));
  row("run twice", fmt::format("{}, to compare their digests", total.twice));
  row("events", fmt::format("{}", total.events));
  row("time", fmt::format("{} of all shards together, {} seeds/s a shard", seconds(total.wall_ns),
                          per_second(total.ran, total.wall_ns)));
  return html + "</dl>\n";
}

std::string example(const KeptFailure& kept) {
  const CampaignFailure& failure = kept.failure;
  std::string html =
      fmt::format("<p>seed {} of shard {}, after {} events and {} of virtual time: {}</p>\n",
                  failure.seed, print(kept.of.identity.shard), failure.events,
                  seconds(failure.virtual_ns), escape_html(failure.sentence));
  html += command(failure.repro);
  if (!failure.file.empty()) html += command("snowflk sim replay " + shell_word(failure.file));
  return html;
}

std::string failures(const Merged& merged) {
  if (merged.kept().empty()) return {};
  std::string html = "<h2>Failures, by kind</h2>\n";
  for (const auto& [kind, kept] : merged.kept()) {
    const KindCount count = merged.count(kind);
    const ShardIdentity& of = kept.front().of.identity;
    html += fmt::format("<section class=\"kind\">\n<h3 class=\"bad\">{}</h3>\n<dl>",
                        escape_html(kind.signature));
    html += fmt::format("<dt>seeds</dt><dd>{}: first {}, last {}</dd>\n", count.count, count.first,
                        count.last);
    html += fmt::format("<dt>scenario</dt><dd>{} ({:016x})</dd>\n", scenario_text(of),
                        kind.scenario_hash);
    html += fmt::format("<dt>build</dt><dd>{}</dd></dl>\n", escape_html(kind.build));
    for (const KeptFailure& each : kept) html += example(each);
    html += "</section>\n";
  }
  return html;
}

/// How many, and which the first are.
std::string weak_cell(const CampaignSum& sum, u64 count, const std::vector<u64>& first) {
  if (sum.identity.format < kCampaignFormat) return "not told";
  if (count == 0) return "0";
  return fmt::format("{}<br>{} {}{}", count, first.size() == 1 ? "seed" : "seeds",
                     fmt::join(first, ", "), first.size() < count ? ", ..." : "");
}

/// What the ledgers lack, by campaign.
std::string never_hit(const std::vector<CampaignSum>& campaigns) {
  std::string html;
  for (const CampaignSum& sum : campaigns) {
    if (sum.totals.ledger.empty()) continue;
    html +=
        fmt::format("<h3>{}, build {}: {} of {} were hit, {} never</h3>\n",
                    escape_html(sum.identity.campaign), escape_html(sum.identity.build),
                    sum.identity.ledger - sum.never.size(), sum.identity.ledger, sum.never.size());
    if (sum.never.empty()) continue;
    html += "<ul>\n";
    for (const std::string& way : sum.never) {
      html += fmt::format("<li><code>{}</code></li>\n", escape_html(way));
    }
    html += "</ul>\n";
  }
  if (html.empty()) return html;
  return "<h2>Ledger: faults by phase, and ways of the core's marks</h2>\n" + html;
}

std::string campaign_table(const std::vector<CampaignSum>& campaigns) {
  std::string html =
      "<h2>Campaigns</h2>\n<table><thead><tr><th>campaign</th><th>build</th><th>scenario</th>"
      "<th>seeds</th><th class=\"n\">shards done</th><th class=\"n\">passed</th>"
      "<th class=\"n\">excused</th><th class=\"n\">undecided</th>"
      "<th class=\"n\">failed</th><th class=\"n\">not run</th><th class=\"n\">seeds/s</th></tr>"
      "</thead><tbody>\n";
  for (const CampaignSum& sum : campaigns) {
    const ShardIdentity& identity = sum.identity;
    html += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}..{}</td>",
                        escape_html(identity.campaign), escape_html(identity.build),
                        scenario_text(identity), identity.seeds.first, identity.seeds.last);
    html += fmt::format("<td class=\"n\">{} of {}", sum.shards_done, identity.shard.count);
    if (!sum.missing.empty()) {
      html += fmt::format("<br>no results of {}{}", fmt::join(sum.missing, ", "),
                          sum.missing.size() + sum.shards < identity.shard.count ? ", ..." : "");
    }
    html += fmt::format(
        "</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>"
        "<td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
        sum.totals.passed, weak_cell(sum, sum.totals.excused, sum.weak.excused),
        weak_cell(sum, sum.totals.undecided, sum.weak.undecided), sum.totals.failed, sum.not_run,
        per_second(sum.totals.ran, sum.totals.wall_ns));
  }
  return html + "</tbody></table>\n";
}

std::string shard_table(const Merged& merged) {
  std::string html =
      "<h2>Shards</h2>\n<details><summary>Each with its seeds</summary>\n<table><thead><tr>"
      "<th>campaign</th><th>shard</th><th>seeds</th><th class=\"n\">run</th>"
      "<th class=\"n\">failed</th><th class=\"n\">time</th><th>digests</th></tr></thead><tbody>\n";
  for (const auto& [key, shard] : merged.shards()) {
    const ShardIdentity& identity = shard.begin.identity;
    const sim::SeedRange seeds = seeds_of(identity);
    html += fmt::format(
        "<tr><td>{}</td><td>{}</td><td>{}..{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>"
        "<td class=\"n\">{}</td><td><code>{}</code></td></tr>\n",
        escape_html(identity.campaign), print(identity.shard), seeds.first, seeds.last,
        shard.so_far.ran, shard.so_far.failed, seconds(shard.so_far.wall_ns),
        sim::trace_file::print(shard.so_far.digests));
  }
  return html + "</tbody></table></details>\n";
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string html_report(const Merged& merged) {
  const std::vector<CampaignSum> campaigns = merged.campaigns();
  std::string html{kHead};
  html += heading(campaigns);
  html += failures(merged);
  html += campaign_table(campaigns);
  html += never_hit(campaigns);
  html += shard_table(merged);
  html += kTail;
  return html;
}

}  // namespace snowflk::tools
