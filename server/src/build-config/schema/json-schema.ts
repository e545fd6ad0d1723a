/** The part of JSON Schema (draft-07) that the schema of configs uses, with the extensions of YAML editors. */
export interface JsonSchema {
  $schema?: string;
  $ref?: string;
  title?: string;
  description?: string;
  markdownDescription?: string;
  type?: JsonType | readonly JsonType[];
  properties?: Record<string, JsonSchema>;
  patternProperties?: Record<string, JsonSchema>;
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  minItems?: number;
  enum?: readonly (string | number | boolean | null)[];
  enumDescriptions?: readonly string[];
  markdownEnumDescriptions?: readonly string[];
  anyOf?: readonly JsonSchema[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  definitions?: Record<string, JsonSchema>;
  defaultSnippets?: readonly {
    readonly label: string;
    readonly description?: string;
    readonly body: unknown;
  }[];
  examples?: readonly unknown[];
  /** Not offered as a completion. */
  doNotSuggest?: boolean;
  errorMessage?: string;
}

export type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'array' | 'object';
