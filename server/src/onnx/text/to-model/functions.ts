import type { FunctionDefinition, Node, ValueInfo } from '../../model/model.ts';
import type { FunctionSignature, ValueDeclaration } from '../syntax-tree.ts';
import { readAnnotations } from './annotations.ts';
import { attributeOf } from './attributes.ts';
import type { Conversion } from './context.ts';
import { namesOf, valueInfoOf } from './graphs.ts';
import { headerOf } from './headers.ts';
import { withSaid } from './messages.ts';
import { exactString } from './names.ts';

/** The function without its body. Typed inputs and outputs are value infos, too. */
export function signatureOf(conversion: Conversion, signature: FunctionSignature): FunctionDefinition {
  const said = readAnnotations(conversion, signature.annotations, 'function');
  const header = headerOf(conversion, signature.header, said);
  const overload = header.strings.get('overload');
  const docString = header.strings.get('doc_string');
  const definition: FunctionDefinition = {
    name: exactString(said, 'name', signature.name.name),
    domain: header.strings.get('domain') ?? '',
    ...(overload === undefined ? undefined : { overload }),
    inputs: namesOf(
      said,
      signature.inputs.map(({ name }) => name),
      'input',
    ),
    outputs: namesOf(
      said,
      signature.outputs.map(({ name }) => name),
      'output',
    ),
    attributes: namesOf(said, signature.attributeParameters, 'attribute'),
    attributeDefaults: signature.attributeDefaults.map((attribute) => attributeOf(conversion, attribute)),
    nodes: [],
    opsetImports: header.opsetImports,
    valueInfos: [...typedValues(conversion, signature.inputs), ...typedValues(conversion, signature.outputs)],
    ...(docString === undefined ? undefined : { docString }),
    metadata: header.metadata,
  };
  return withSaid(conversion, 'FunctionProto', definition, said);
}

/** A bare name is an input or output without a value info. */
function typedValues(conversion: Conversion, declarations: readonly ValueDeclaration[]): ValueInfo[] {
  return declarations
    .filter(({ type }) => type !== undefined)
    .map((declaration) => valueInfoOf(conversion, declaration));
}

export function withBody(
  definition: FunctionDefinition,
  valueInfos: readonly ValueInfo[],
  nodes: readonly Node[],
): FunctionDefinition {
  return { ...definition, nodes, valueInfos: [...definition.valueInfos, ...valueInfos] };
}
