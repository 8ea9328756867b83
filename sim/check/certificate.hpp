// Why a cluster cannot go on: the certificate that excuses a run which does not converge.
//
// It is data, not a verdict. certify() collects it; why_invalid() holds each of its claims against
// the world, the log as it was committed and what a majority is, and trusts nothing that certify()
// has concluded. The claim: so many nodes refuse for harm done to the places that they name, or are
// left out of the healing, that no majority is left, so nothing can be committed; the newest
// committed entry is where `holders` says, and from `missing` on there are entries that nobody who
// takes part can give.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/check/committed_log.hpp"
#include "sim/world.hpp"

namespace snowflk::sim {

struct Certificate {
  struct Refusal {
    NodeId node;
    std::string reason;       // in the node's words
    std::vector<Harm> harms;  // what was done to the place that it names
  };
  u32 nodes = 0;
  LogIndex entry;                 // the newest that any node has applied; 0: none has
  Term term;                      // that entry's
  std::vector<NodeId> holders;    // who takes part and has it, ascending
  LogIndex missing;               // the first committed one that none of them has; 0: there is none
  std::vector<Refusal> refusals;  // ascending by node
  std::vector<LeftOut> left_out;  // who does not refuse, ascending by node
};

Certificate certify(const World& world, const CommittedLog& committed);

/// The first claim that does not hold, in a sentence; nothing: the certificate proves that no
/// majority can be had.
std::optional<std::string> why_invalid(const Certificate& certificate, const World& world,
                                       const CommittedLog& committed);

/// In one line.
std::string print(const Certificate& certificate);

}  // namespace snowflk::sim
