# Precompiled headers: what most files of a part include is read once a part, not once a file.
#
# They may hide an include that a file forgot, so the presets core-only and clang build without
# them: there, every file stands on its own.
include_guard(GLOBAL)

# Of the standard library, what costs time and is included nearly everywhere.
set(SNOWFLK_STANDARD_HEADERS
  <algorithm> <array> <charconv> <expected> <map> <memory> <numeric> <optional> <span> <string>
  <string_view> <tuple> <utility> <variant> <vector>)

# snowflk_precompile(TARGET [HEADER...]): those, and the given ones.
function(snowflk_precompile target)
  target_precompile_headers(${target} PRIVATE ${SNOWFLK_STANDARD_HEADERS} ${ARGN})
endfunction()

# Inlined from a precompiled header, or at -O1, g++ 12 sees writes past the end in the code of
# std::string itself (its bug 105329). The other compiler still looks.
function(snowflk_distrust_string_warnings target)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(${target} PRIVATE -Wno-array-bounds -Wno-restrict
      -Wno-stringop-overread -Wno-stringop-overflow)
  endif()
endfunction()
