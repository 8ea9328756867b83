# Writes OUTPUT, which names the build: the version, and the commit where git knows it. What differs
# from the commit has a hash: two such builds are not one. Run by each build; the file stays as it
# is if nothing has changed.
#
#   cmake -D OUTPUT=FILE -D VERSION=0.1.0 -D SOURCE=DIRECTORY [-D ID=NAME] -P build_id.cmake
function(git result)
  execute_process(COMMAND git ${ARGN} WORKING_DIRECTORY ${SOURCE}
    OUTPUT_VARIABLE printed OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  set(${result} "${printed}" PARENT_SCOPE)
endfunction()

set(id "${ID}")
if(id STREQUAL "")
  set(id "${VERSION}")
  git(commit rev-parse --short=12 HEAD)
  if(NOT commit STREQUAL "")
    string(APPEND id "+${commit}")
    set(sources CMakeLists.txt CMakePresets.json cmake core sim real tools)
    git(difference diff HEAD -- ${sources})
    git(untracked ls-files --others --exclude-standard -- ${sources})
    set(contents "${difference}")
    foreach(file IN LISTS untracked)
      string(APPEND contents "${file}")
    endforeach()
    if(NOT contents STREQUAL "")
      string(SHA256 hash "${contents}")
      string(SUBSTRING "${hash}" 0 8 hash)
      string(APPEND id "-dirty.${hash}")
    endif()
  endif()
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#define SNOWFLK_BUILD_ID \"${id}\"\n")
