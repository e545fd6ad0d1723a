/** Documents that between them use all of the syntax, for tests that edit or break text. */

export const modelWithFunctions = `#@ raw_data
<ir_version: 8, opset_import: ["" : 17, "local" : 1], producer_name: "test \\"quoted\\"",
 doc_string: "several
lines, and a # that is no comment", metadata_props: ["k": "v", "k2": ""]>
# a comment
classifier (float[N,4] x, float[4] scale = {1, 2, 3, 4}) => (float[N,2] y, seq(map(int64, float[?, "a b"])) z)
<
  float[4,2] weight = ["location": "classifier.onnx", "offset": "312", "length": "32", "field": "raw_data"],
  #@ doc_string: "a bias\\nof two"
  float[2] bias = {0.5, -1e-3},
  float[N,2] h,
  bare,
  int64 big = {9223372036854775807},
  string[2] names = {"a", "b \\\\ c"},
  optional(sparse_tensor(float[3])) o,
  opaque(com.example, Thing) thing
>
{
  [matmul] h = MatMul (x, weight)
  #@ doc_string: "what it does"
  #@ metadata_props: ["scope": "/a"]
  ["node/1"] "h/1", , unused = com.example.Split:fast <axis = -1, alpha: float = 2, betas = [0.5, inf, -nan]> (h, , "scale")
  y = local.finish <alpha = 0.1, mode = "x", empty: ints = []> ("h/1", bias)
  z = Constant <value = float[2] {1, 2}> ()
  c = If (cond) <
    then_branch = then_graph () => (float[N] t) {
      t = Add (h, h)
      u = Loop (t) <body = body (i, c) => (c2, o) <float[1] one = {1}> { c2 = Not (c) o = Add (i, one) }>
    },
    else_branch = else_graph () => (e) { e = Sub (h, h) }
  >
  all = Many <t: tensors = [float[1] {1}, float[1] two {2}], ty = seq(float), tys: type_protos = [int8, float[2]],
    s: sparse_tensor = sparse_tensor(float[3,4]) {float[2] {1, 2}, int64[2] {0, 5}}, gs: graphs = [g1 () => (a) {a = A ()}]> ()
}

<domain: "local", opset_import: ["" : 17], overload: "x">
finish <alpha, beta: float = 0.5, mode: string = "a"> (h, float[2] bias) => (y)
<float[N,2] t>
{
  t = Add (h, bias)
  y = LeakyRelu <alpha: float = @alpha> (t)
}
<domain: "local">
"other one" (x) => (y) { y = Neg (x) }
`;

export const graphOnly = `main_graph (float[1,3,224,224] input) => (float[1,1000] output) <
   float[64,3,7,7] "conv1.weight" = ["location": "m.onnx", "offset": "9", "length": "37632", "field": "raw_data"]
>
{
   ["/conv1/Conv"] "/conv1/Conv_output_0" = Conv <dilations: ints = [1, 1], group: int = 1> (input, "conv1.weight")
   ["/relu/Relu"] "/relu/Relu_output_0" = Relu ("/conv1/Conv_output_0")
   ["/pool"] "/pool_output_0" = MaxPool <kernel_shape: ints = [3, 3]> ("/relu/Relu_output_0")
   ["/flat"] "/flat_output_0" = Flatten <axis: int = 1> ("/pool_output_0")
   ["/fc"] output = Gemm <alpha: float = 1, beta: float = 1, transB: int = 1> ("/flat_output_0", w, b)
}
`;

/** Statements on single lines, no line breaks between declarations. */
export const dense = `<ir_version:8,opset_import:["":17]>g(x)=>(y){a=A(x)b=B(a)y=C(b)}<domain:"d">f(x)=>(y){y=D(x)}h<p,q=1>(x)=>(y)<float z>{y=E(x)}`;

/** Broken in many ways; what is right of it is to be read nevertheless. */
export const broken = `<ir_version: 8, opset_import ["" : 17]
g (float[N x, y => (z)
<float[2] w = {1, 2, float v = , >
  a = Relu (x
  b = (a)
  c = Conv <kernel_shape = [1, 2, strides = > (b)
  "d = Relu (c)
  e Relu (d)
  ) } f = Neg (e)
  if = If (f) <then_branch = t () => (y) { q = Foo (
  h = Abs (f)
  #@ nonsense
}
}
<domain: "local"
fun (x) (y) { y = Neg (x)
<domain: "local", opset_import: ["" : 1]> fun2 (x) => (y) { y = Neg (x) }
trailing
`;

export const documents: readonly string[] = [modelWithFunctions, graphOnly, dense, broken, ''];
