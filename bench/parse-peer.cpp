// What TensorRT's ONNX parser costs a C++ program: the peer that the bridge's parse is measured against.
//
//   g++ -O2 -o parse-peer bench/parse-peer.cpp -ldl
//   parse-peer RUNTIME_FOLDER MODEL TIMES
//
// Parses the model TIMES times, each into a network of its own, and prints one line of JSON:
// {"milliseconds":[…],"peakMegabytes":…,"succeeded":true,"errors":0}. A time is that of making network and parser and of
// IParser::parseFromFile, without the deletion; of more than one time a first one, which warms up, is left out.
// It calls through the slots of the bridge's ABI tables, so it needs no header of NVIDIA's.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <glob.h>
#include <string>
#include <sys/resource.h>

namespace {

using Object = void*;

void** table(Object object) { return *static_cast<void***>(object); }

template <class Result, class... Arguments>
Result call(Object self, int slot, Arguments... arguments) {
  return reinterpret_cast<Result (*)(Object, Arguments...)>(table(self)[slot])(self, arguments...);
}

// V* classes stand behind the second word of the public object.
Object implementation(Object object) { return static_cast<Object*>(object)[1]; }

void ignore(Object) {}
// A real logger sorts its messages: this one counts those that the bridge would keep.
int warnings = 0;
void log(Object, std::int32_t severity, char const*) { warnings += severity <= 2; }

template <class Function>
Function symbol(void* library, char const* name) {
  void* address = dlsym(library, name);
  if (address == nullptr) {
    std::fprintf(stderr, "%s\n", dlerror());
    std::exit(1);
  }
  return reinterpret_cast<Function>(address);
}

void* load(char const* path) {
  void* library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
  if (library == nullptr) {
    std::fprintf(stderr, "%s\n", dlerror());
    std::exit(1);
  }
  return library;
}

// The first library of a folder that is called so; empty where there is none.
std::string find(std::string const& folder, char const* pattern) {
  glob_t found{};
  std::string path;
  if (glob((folder + "/" + pattern).c_str(), 0, nullptr, &found) == 0) {
    path = found.gl_pathv[0];
  }
  globfree(&found);
  return path;
}

}  // namespace

int main(int argumentCount, char** arguments) {
  if (argumentCount != 4) {
    std::fprintf(stderr, "usage: parse-peer RUNTIME_FOLDER MODEL TIMES\n");
    return 2;
  }
  std::string const folder = arguments[1];
  char const* const model = arguments[2];
  int const times = std::atoi(arguments[3]);

  std::string const rtxPath = find(folder, "libtensorrt_rtx.so*");
  bool const rtx = !rtxPath.empty();
  if (!rtx && dlopen("libcuda.so.1", RTLD_NOW) == nullptr) {
    setenv("TRT_INTERNAL_OPTIONS", "--cpu_only=1", 1);
  }
  void* infer = load((rtx ? rtxPath : find(folder, "libnvinfer.so*")).c_str());
  void* parserLibrary = load(find(folder, rtx ? "libtensorrt_onnxparser_rtx.so*" : "libnvonnxparser.so*").c_str());
  std::int32_t const version = symbol<std::int32_t (*)()>(infer, "getInferLibVersion")();
  bool const ten = !rtx && version / 10000 == 10;

  // The slots of both families that matter here.
  int const createNetworkV2 = ten ? 8 : 6;
  int const parseFromFile = 1;
  int const getNbErrors = ten ? 5 : 3;
  int const deleteParser = ten ? 9 : 7;
  int const deleteNetwork = 1;
  std::uint32_t const stronglyTyped = ten ? 1U << 1 : 1U << 0;

  void* loggerSlots[8];
  for (void*& slot : loggerSlots) slot = reinterpret_cast<void*>(&ignore);
  loggerSlots[ten ? 0 : 4] = reinterpret_cast<void*>(&log);
  void** loggerTable = loggerSlots;
  Object const logger = &loggerTable;

  std::string const plugins = find(folder, "libnvinfer_plugin.so*");
  if (!plugins.empty()) {
    symbol<bool (*)(Object, char const*)>(load(plugins.c_str()), "initLibNvInferPlugins")(logger, "");
  }
  Object const builder =
      symbol<Object (*)(Object, std::int32_t)>(infer, "createInferBuilder_INTERNAL")(logger, version);
  if (builder == nullptr) {
    std::fprintf(stderr, "no builder\n");
    return 1;
  }
  auto const createParser =
      symbol<Object (*)(Object, Object, std::int32_t)>(parserLibrary, "createNvOnnxParser_INTERNAL");
  std::int32_t const parserVersion = symbol<std::int32_t (*)()>(parserLibrary, "getNvOnnxParserVersion")();

  bool succeeded = false;
  int errors = 0;
  bool first = true;
  std::printf("{\"milliseconds\":[");
  for (int index = times > 1 ? -1 : 0; index < times; ++index) {
    auto const start = std::chrono::steady_clock::now();
    Object const network = call<Object>(implementation(builder), createNetworkV2, stronglyTyped);
    Object const parser = createParser(network, logger, parserVersion);
    succeeded = call<bool>(parser, parseFromFile, model, std::int32_t{0});
    std::chrono::duration<double, std::milli> const elapsed = std::chrono::steady_clock::now() - start;
    errors = call<std::int32_t>(parser, getNbErrors);
    call<void>(parser, deleteParser);
    call<void>(network, deleteNetwork);
    if (index >= 0) {
      std::printf(first ? "%.4f" : ",%.4f", elapsed.count());
      first = false;
    }
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("],\"peakMegabytes\":%.1f,\"succeeded\":%s,\"errors\":%d}\n", usage.ru_maxrss / 1024.0,
              succeeded ? "true" : "false", errors);
  std::fflush(stdout);
  // TensorRT's own exit handlers are nobody's business here.
  std::_Exit(0);
}
