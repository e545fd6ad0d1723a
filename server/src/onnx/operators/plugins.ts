/** Plugins that come with TensorRT (libnvinfer_plugin 10 and 11), by the names that its ONNX parser finds them by, in any domain. */
const plugins: ReadonlySet<string> = new Set([
  'BatchTilePlugin_TRT',
  'BatchedNMSDynamic_TRT',
  'BatchedNMS_TRT',
  'Clip_TRT',
  'CoordConvAC',
  'CropAndResizeDynamic',
  'CustomEmbLayerNormPluginDynamic',
  'CustomFCPluginDynamic',
  'CustomGeluPluginDynamic',
  'CustomQKVToContextPluginDynamic',
  'CustomSkipLayerNormPluginDynamic',
  'DecodeBbox3DPlugin',
  'DetectionLayer_TRT',
  'DisentangledAttention_TRT',
  'EfficientNMS_Explicit_TF_TRT',
  'EfficientNMS_Implicit_TF_TRT',
  'EfficientNMS_ONNX_TRT',
  'EfficientNMS_TRT',
  'FlattenConcat_TRT',
  'GenerateDetection_TRT',
  'GridAnchorRect_TRT',
  'GridAnchor_TRT',
  'GroupNormalizationPlugin',
  'InstanceNormalization_TRT',
  'LReLU_TRT',
  'ModulatedDeformConv2d',
  'MultilevelCropAndResize_TRT',
  'MultilevelProposeROI_TRT',
  'MultiscaleDeformableAttnPlugin_TRT',
  'NMSDynamic_TRT',
  'NMS_TRT',
  'Normalize_TRT',
  'PillarScatterPlugin',
  'PriorBox_TRT',
  'ProposalDynamic',
  'ProposalLayer_TRT',
  'PyramidROIAlign_TRT',
  'ROIAlign_TRT',
  'RPROI_TRT',
  'Region_TRT',
  'Reorg_TRT',
  'ResizeNearest_TRT',
  'SpecialSlice_TRT',
  'VoxelGeneratorPlugin',
]);

export function isTensorRTPlugin(name: string): boolean {
  return plugins.has(name);
}

/** In the order of their names. */
export function tensorRTPlugins(): readonly string[] {
  return [...plugins];
}
